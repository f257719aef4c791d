package main

import (
	"errors"
	"io"
	"net"
	"net/url"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/sdkerr"
	ecs "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/ecs/v2"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/ecs/v2/model"
)

func showJob(client *ecs.EcsClient, r request) (object, error) {
	answer, err := client.ShowJob(&model.ShowJobRequest{JobId: r.JobID})
	if err != nil {
		return nil, err
	}
	job := object{"id": answer.JobId, "type": answer.JobType, "error_code": answer.ErrorCode, "fail_reason": answer.FailReason, "server_id": serverOf(answer.Entities)}
	if answer.Status != nil {
		job["status"] = answer.Status.Value()
	}
	return object{"job": job}, nil
}

// serverOf is the first server that a job shows, of itself or of a sub-job.
func serverOf(e *model.JobEntities) *string {
	if e == nil {
		return nil
	}
	if e.ServerId != nil || e.SubJobs == nil {
		return e.ServerId
	}
	for _, sub := range *e.SubJobs {
		if sub.Entities != nil && sub.Entities.ServerId != nil {
			return sub.Entities.ServerId
		}
	}
	return nil
}

func showServer(client *ecs.EcsClient, r request) (object, error) {
	answer, err := client.ShowServer(&model.ShowServerRequest{ServerId: r.ServerID})
	if err != nil || answer.Server == nil {
		return object{}, err
	}
	s := answer.Server
	server := object{"id": set(s.Id), "name": set(s.Name), "status": set(s.Status), "task_state": set(s.OSEXTSTStaskState)}
	if s.Flavor != nil {
		server["flavor"] = set(s.Flavor.Id)
	}
	return object{"server": server}, nil
}

// set tells a member that is a plain string in the SDK, where "" is how an absent one looks.
func set(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// unsupported says what the SDK cannot be asked for.
type unsupported string

func (u unsupported) Error() string { return string(u) }

// told says an error of the SDK in the words of the protocol.
func told(err error) object {
	var (
		cannot     unsupported
		service    *sdkerr.ServiceResponseError
		credential *sdkerr.CredentialsTypeError
		sending    *url.Error
		network    net.Error
	)
	kind := "other"
	switch {
	case errors.As(err, &cannot):
		kind = "unsupported"
	case errors.As(err, &service):
		// What it cannot decode comes as this type too, with the status of the answer and no code: its user sees no other difference, and neither is one told.
		return object{"kind": "api", "status": service.StatusCode, "code": set(service.ErrorCode), "message": service.ErrorMessage}
	case errors.As(err, &credential), errors.As(err, &sending) && sending.Op == "parse":
		kind = "validation"
	case errors.As(err, &network) && network.Timeout():
		kind = "timeout"
	case errors.As(err, &network), errors.Is(err, io.ErrUnexpectedEOF): // the latter only when the connection broke within a body
		kind = "network"
	}
	return object{"kind": kind, "message": err.Error()}
}
