package main

import (
	"cmp"
	"math"
	"strconv"
	"time"

	"github.com/chnsz/golangsdk"
	"github.com/chnsz/golangsdk/openstack"
	"github.com/chnsz/golangsdk/openstack/ecs/v1/cloudservers"
	"github.com/chnsz/golangsdk/openstack/ecs/v1/jobs"
	"github.com/chnsz/golangsdk/openstack/ecs/v1/powers"
)

// longestWait is for a wait without a time limit: the SDK's waiter has to be given one.
const longestWait = 30 * time.Minute

// connect makes a client of the request's endpoint, as the SDK's own log-in would leave it, without the log-in: token or key are given, and so is where ECS is.
func connect(r request) (*golangsdk.ProviderClient, error) {
	provider, err := openstack.NewClient(r.Endpoint)
	if err != nil {
		return nil, err
	}
	provider.ProjectID = r.ProjectID
	if k := r.Credentials; k.AccessKey != "" {
		provider.AKSKAuthOptions = golangsdk.AKSKAuthOptions{
			ProjectId: r.ProjectID, AccessKey: k.AccessKey, SecretKey: k.SecretKey, SecurityToken: k.SecurityToken,
		}
	} else if k.Token != "" {
		provider.SetToken(k.Token)
	}
	if r.TimeoutMS > 0 {
		provider.HTTPClient.Timeout = time.Duration(r.TimeoutMS) * time.Millisecond
	}
	provider.EndpointLocator = func(o golangsdk.EndpointOpts) (string, error) {
		version := map[string]string{"ecs": "v1", "ecsv1.1": "v1.1"}[o.Type]
		return golangsdk.NormalizeURL(r.Endpoint + "/" + version + "/" + r.ProjectID), nil
	}
	return provider, nil
}

// call is what the user's program would do, and what it would be given.
func call(r request) (object, error) {
	provider, err := connect(r)
	if err != nil {
		return nil, err
	}
	client, err := openstack.NewEcsV1(provider, golangsdk.EndpointOpts{})
	if err != nil {
		return nil, err
	}
	switch r.Op {
	case "resizeServer":
		newer, err := openstack.NewComputeV11(provider, golangsdk.EndpointOpts{})
		if err != nil {
			return nil, err
		}
		return resize(newer, r)
	case "resizePostPaidServer":
		return resize(client, r)
	case "showJob":
		return showJob(client, r)
	case "waitForJob":
		limit := cmp.Or(time.Duration(r.TimeoutMS)*time.Millisecond, longestWait)
		return object{}, cloudservers.WaitForJobSuccess(client, int(math.Ceil(limit.Seconds())), r.JobID)
	case "showServer":
		return showServer(client, r)
	case "batchStartServers":
		return power(client, r, "os-start")
	case "batchStopServers":
		return power(client, r, "os-stop")
	}
	return nil, unsupported("the operation " + r.Op)
}

// resize is one function in this SDK for both versions: which one it is, is the client's base URL alone.
func resize(client *golangsdk.ServiceClient, r request) (object, error) {
	opts := cloudservers.ResizeOpts{FlavorRef: r.Params.FlavorRef, Mode: r.Params.Mode}
	if pay := r.Params.AutoPay; pay != nil {
		opts.ExtendParam = &cloudservers.ResizeExtendParam{AutoPay: strconv.FormatBool(*pay)}
	}
	// What Resize returns has a method for a job without an order only; the SDK's type for both is filled by the general one.
	var order cloudservers.OrderResponse
	if err := cloudservers.Resize(client, opts, r.ServerID).ExtractInto(&order); err != nil {
		return nil, err
	}
	return object{"job_id": set(order.JobID), "order_id": set(order.OrderID)}, nil
}

func power(client *golangsdk.ServiceClient, r request, action string) (object, error) {
	opts := powers.PowerOpts{Type: r.Params.Type}
	for _, id := range r.Params.ServerIDs {
		opts.Servers = append(opts.Servers, powers.ServerInfo{ID: id})
	}
	return job(powers.PowerAction(client, opts, action))
}

// job takes out of an answer what the SDK has for it.
func job(answer cloudservers.JobResult) (object, error) {
	j, err := answer.ExtractJobResponse()
	if err != nil {
		return nil, err
	}
	return object{"job_id": set(j.JobID)}, nil
}

func showJob(client *golangsdk.ServiceClient, r request) (object, error) {
	j, err := jobs.Get(client, r.JobID)
	if err != nil {
		return nil, err
	}
	shown := object{"id": set(j.ID), "type": set(j.Type), "status": set(j.Status), "error_code": set(j.ErrorCode), "fail_reason": set(j.FailReason)}
	for _, sub := range j.Entities.SubJobs { // the SDK shows no server of the job itself
		if sub.Entities.ServerId != "" {
			shown["server_id"] = sub.Entities.ServerId
			break
		}
	}
	return object{"job": shown}, nil
}

func showServer(client *golangsdk.ServiceClient, r request) (object, error) {
	s, err := cloudservers.Get(client, r.ServerID).Extract()
	if err != nil || s == nil {
		return object{}, err
	}
	return object{"server": object{"id": set(s.ID), "name": set(s.Name), "status": set(s.Status), "task_state": set(s.TaskState), "flavor": set(s.Flavor.ID)}}, nil
}
