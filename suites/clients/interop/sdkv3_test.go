package interop

import (
	"errors"
	"testing"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/basic"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/config"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/sdkerr"
	ecs "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/ecs/v2"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/ecs/v2/model"
)

// huaweiSDK is huaweicloud-sdk-go-v3. It knows access keys only, no tokens.
type huaweiSDK struct{ ecs *ecs.EcsClient }

func connectHuaweiSDK(t *testing.T, c *cloud, k credentials) client { return newHuaweiSDK(t, c, k) }

func newHuaweiSDK(t *testing.T, c *cloud, k credentials) huaweiSDK {
	t.Helper()
	builder := basic.NewCredentialsBuilder().WithProjectId(k.projectID).WithAk(k.accessKey).WithSk(k.secretKey)
	if k.securityToken != "" {
		builder = builder.WithSecurityToken(k.securityToken)
	}
	key, err := builder.SafeBuild()
	if err != nil {
		t.Fatal(err)
	}
	// An endpoint and a project id, and no region: otherwise the SDK would ask IAM on the internet for the project.
	http, err := core.NewHcHttpClientBuilder().WithEndpoint(c.Endpoint).WithCredential(key).
		WithHttpConfig(config.DefaultHttpConfig().WithTimeout(patience).WithHttpRoundTripper(c.wire)).SafeBuild()
	if err != nil {
		t.Fatal(err)
	}
	return huaweiSDK{ecs.NewEcsClient(http)}
}

func (h huaweiSDK) resize(version, serverID, flavor string, o options) (accepted, error) {
	if version == "v1" {
		resize := &model.ResizePostPaidServerOption{FlavorRef: flavor, Mode: given(o.mode)}
		answer, err := h.ecs.ResizePostPaidServer(&model.ResizePostPaidServerRequest{
			ServerId: serverID, Body: &model.ResizePostPaidServerRequestBody{Resize: resize},
		})
		if err != nil {
			return accepted{}, decodedBySDK(err)
		}
		return accepted{jobID: value(answer.JobId)}, nil
	}
	resize := &model.ResizePrePaidServerOption{FlavorRef: flavor, Mode: given(o.mode)}
	if o.autoPay != "" {
		resize.Extendparam = &model.ResizeServerExtendParam{IsAutoPay: &o.autoPay}
	}
	answer, err := h.resizeV11(serverID, &model.ResizeServerRequestBody{Resize: resize})
	if err != nil {
		return accepted{}, err
	}
	return accepted{jobID: value(answer.JobId), orderID: value(answer.OrderId)}, nil
}

// resizeV11 sends a body with whatever else this SDK knows.
func (h huaweiSDK) resizeV11(serverID string, body *model.ResizeServerRequestBody) (*model.ResizeServerResponse, error) {
	answer, err := h.ecs.ResizeServer(&model.ResizeServerRequest{ServerId: serverID, Body: body})
	return answer, decodedBySDK(err)
}

func (h huaweiSDK) job(id string) (job, error) {
	answer, err := h.ecs.ShowJob(&model.ShowJobRequest{JobId: id})
	if err != nil {
		return job{}, decodedBySDK(err)
	}
	j := job{id: value(answer.JobId), kind: value(answer.JobType), begin: value(answer.BeginTime), end: value(answer.EndTime),
		errorCode: value(answer.ErrorCode), failReason: value(answer.FailReason)}
	if answer.Status != nil {
		j.status = answer.Status.Value()
	}
	return j, nil
}

func (h huaweiSDK) server(id string) (server, error) {
	answer, err := h.ecs.ShowServer(&model.ShowServerRequest{ServerId: id})
	if err != nil {
		return server{}, decodedBySDK(err)
	}
	s := answer.Server
	if s == nil { // a success without a server: what this SDK makes of a 202 that carries an error
		return server{}, nil
	}
	return server{id: s.Id, status: s.Status, flavor: s.Flavor.Id, chargingMode: s.Metadata["charging_mode"]}, nil
}

func (h huaweiSDK) resizeFlavors(selector, value string) ([]string, error) {
	request := &model.ListResizeFlavorsRequest{}
	switch selector {
	case "instance_uuid":
		request.InstanceUuid = &value
	case "source_flavor_id":
		request.SourceFlavorId = &value
	case "source_flavor_name":
		request.SourceFlavorName = &value
	}
	answer, err := h.ecs.ListResizeFlavors(request)
	if err != nil {
		return nil, decodedBySDK(err)
	}
	var ids []string
	for _, f := range *answer.Flavors {
		ids = append(ids, f.Id)
	}
	return ids, nil
}

func (h huaweiSDK) unpublished() error {
	_, err := h.ecs.BatchResizeServers(&model.BatchResizeServersRequest{Body: &model.BatchResizeServersReq{
		Resize: &model.BatchResizeServersOption{FlavorRef: "s3.large.2", Servers: []model.ServerId{}},
	}})
	return decodedBySDK(err)
}

// decodedBySDK takes over what the SDK decoded from an error answer, and nothing else.
func decodedBySDK(err error) error {
	var e *sdkerr.ServiceResponseError
	if errors.As(err, &e) {
		r := &refusal{status: e.StatusCode, code: e.ErrorCode, message: e.ErrorMessage, requestID: e.RequestId, denial: e.EncodedAuthorizationMessage}
		for _, d := range e.Details {
			r.details = append(r.details, d.ErrorCode)
		}
		return r
	}
	return err
}

func given(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
