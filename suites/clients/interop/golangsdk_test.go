package interop

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/chnsz/golangsdk"
	"github.com/chnsz/golangsdk/openstack/ecs/v1/cloudservers"
	"github.com/chnsz/golangsdk/openstack/ecs/v1/jobs"
)

// golangSDK is github.com/chnsz/golangsdk, the SDK of the Terraform provider.
type golangSDK struct {
	provider *golangsdk.ProviderClient
	base     string
	project  string
}

func connectGolangSDK(t *testing.T, c *cloud, k credentials) client {
	provider := &golangsdk.ProviderClient{
		HTTPClient: http.Client{Transport: c.wire, Timeout: patience},
		ProjectID:  k.projectID,
		Context:    t.Context(),
		TokenID:    k.token,
	}
	if k.accessKey != "" {
		provider.AKSKAuthOptions = golangsdk.AKSKAuthOptions{
			ProjectId: k.projectID, AccessKey: k.accessKey, SecretKey: k.secretKey, SecurityToken: k.securityToken,
		}
	}
	return golangSDK{provider, c.Endpoint, k.projectID}
}

// at is a client of one version of the API. In this SDK the version is a matter of the base URL alone.
func (g golangSDK) at(version string) *golangsdk.ServiceClient {
	return &golangsdk.ServiceClient{
		ProviderClient: g.provider, Endpoint: g.base + "/", ResourceBase: g.base + "/" + version + "/" + g.project + "/",
	}
}

func (g golangSDK) resize(version, serverID, flavor string, o options) (accepted, error) {
	opts := cloudservers.ResizeOpts{FlavorRef: flavor, Mode: o.mode}
	if o.autoPay != "" {
		opts.ExtendParam = &cloudservers.ResizeExtendParam{AutoPay: o.autoPay}
	}
	var answer cloudservers.OrderResponse
	if err := cloudservers.Resize(g.at(version), opts, serverID).ExtractInto(&answer); err != nil {
		return accepted{}, decodedByUs(err)
	}
	return accepted{answer.JobID, answer.OrderID}, nil
}

func (g golangSDK) job(id string) (job, error) {
	j, err := jobs.Get(g.at("v1"), id)
	if err != nil {
		return job{}, decodedByUs(err)
	}
	return job{j.ID, j.Type, j.Status, j.BeginTime, j.EndTime, j.ErrorCode, j.FailReason}, nil
}

func (g golangSDK) server(id string) (server, error) {
	s, err := cloudservers.Get(g.at("v1"), id).Extract()
	if err != nil {
		return server{}, decodedByUs(err)
	}
	return server{s.ID, s.Status, s.Flavor.ID, s.Metadata.ChargingMode}, nil
}

// resizeFlavors goes through the SDK's generic request, as the Terraform provider does: there is no function for it.
func (g golangSDK) resizeFlavors(selector, value string) ([]string, error) {
	var answer struct{ Flavors []struct{ ID string } }
	query := url.Values{selector: {value}}.Encode()
	v1 := g.at("v1")
	if _, err := v1.Get(v1.ServiceURL("cloudservers", "resize_flavors")+"?"+query, &answer, nil); err != nil {
		return nil, decodedByUs(err)
	}
	var ids []string
	for _, f := range answer.Flavors {
		ids = append(ids, f.ID)
	}
	return ids, nil
}

func (g golangSDK) unpublished() error {
	return decodedByUs(cloudservers.ChangeAdminPassword(g.at("v1"), "any", "any").Err)
}

// decodedByUs reads code and message from the body of an error answer. This SDK keeps status, request id and raw body; reading the rest is left to its
// users, who do it as it is done here.
func decodedByUs(err error) error {
	var e golangsdk.ErrUnexpectedResponseCode
	switch err := err.(type) {
	case golangsdk.ErrUnexpectedResponseCode:
		e = err
	case golangsdk.ErrDefault400:
		e = err.ErrUnexpectedResponseCode
	case golangsdk.ErrDefault401:
		e = err.ErrUnexpectedResponseCode
	case golangsdk.ErrDefault403:
		e = err.ErrUnexpectedResponseCode
	case golangsdk.ErrDefault404:
		e = err.ErrUnexpectedResponseCode
	case golangsdk.ErrDefault429:
		e = err.ErrUnexpectedResponseCode
	case golangsdk.ErrDefault503:
		e = err.ErrUnexpectedResponseCode
	default:
		return err
	}
	// A code may be a number, which is why none of them is a string here.
	type pair struct {
		Code    any
		Message string
	}
	var body struct {
		Error struct {
			pair
			Details []pair
		}
		pair
		FlatCode    any    `json:"error_code"`
		FlatMessage string `json:"error_msg"`
		Denial      string `json:"encoded_authorization_message"`
	}
	if err := json.Unmarshal(e.Body, &body); err != nil {
		return fmt.Errorf("the body of an error answer: %w\n%s", err, e.Body)
	}
	r := &refusal{status: e.Actual, requestID: e.RequestId, denial: body.Denial}
	for _, p := range []pair{{body.FlatCode, body.FlatMessage}, body.pair, body.Error.pair} {
		if p.Code != nil {
			r.code, r.message = fmt.Sprint(p.Code), p.Message
			break
		}
	}
	for _, d := range body.Error.Details {
		r.details = append(r.details, fmt.Sprint(d.Code))
	}
	return r
}
