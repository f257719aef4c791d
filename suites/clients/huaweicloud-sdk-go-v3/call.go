package main

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/basic"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/config"
	ecs "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/ecs/v2"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/ecs/v2/model"
)

// connect makes a client of the request's endpoint. An endpoint and a project id, and no region: otherwise the SDK would ask IAM for the project.
func connect(r request) (*ecs.EcsClient, error) {
	builder := basic.NewCredentialsBuilder().WithAk(r.Credentials.AccessKey).WithSk(r.Credentials.SecretKey).WithProjectId(r.ProjectID)
	if r.Credentials.SecurityToken != "" {
		builder.WithSecurityToken(r.Credentials.SecurityToken)
	}
	key, err := builder.SafeBuild()
	if err != nil {
		return nil, err
	}
	settings := config.DefaultHttpConfig()
	if r.TimeoutMS > 0 {
		settings.WithTimeout(time.Duration(r.TimeoutMS) * time.Millisecond)
	}
	client, err := ecs.EcsClientBuilder().WithEndpoint(r.Endpoint).WithCredential(key).WithHttpConfig(settings).SafeBuild()
	if err != nil {
		return nil, err
	}
	return ecs.NewEcsClient(client), nil
}

// call is what the user's program would do, and what it would be given.
func call(r request) (object, error) {
	client, err := connect(r)
	if err != nil {
		return nil, err
	}
	switch r.Op {
	case "resizeServer":
		return resize(client, r)
	case "resizePostPaidServer":
		return resizePostPaid(client, r)
	case "showJob":
		return showJob(client, r)
	case "showServer":
		return showServer(client, r)
	case "listResizeFlavors":
		return listResizeFlavors(client, r)
	case "batchStartServers":
		return start(client, r)
	case "batchStopServers":
		return stop(client, r)
	}
	return nil, unsupported("the operation " + r.Op)
}

func resize(client *ecs.EcsClient, r request) (object, error) {
	p := r.Params
	cpu, err := cpuOptions(p.CPUThreads)
	if err != nil {
		return nil, err
	}
	option := &model.ResizePrePaidServerOption{FlavorRef: p.FlavorRef, DedicatedHostId: p.DedicatedHostID, Mode: p.Mode, CpuOptions: cpu}
	if p.AutoPay != nil {
		pay := strconv.FormatBool(*p.AutoPay)
		option.Extendparam = &model.ResizeServerExtendParam{IsAutoPay: &pay}
	}
	answer, err := client.ResizeServer(&model.ResizeServerRequest{
		ServerId: r.ServerID, Body: &model.ResizeServerRequestBody{Resize: option, DryRun: p.DryRun},
	})
	if err != nil {
		return nil, err
	}
	return object{"job_id": answer.JobId, "order_id": answer.OrderId}, nil
}

func resizePostPaid(client *ecs.EcsClient, r request) (object, error) {
	p := r.Params
	cpu, err := cpuOptions(p.CPUThreads)
	if err != nil {
		return nil, err
	}
	answer, err := client.ResizePostPaidServer(&model.ResizePostPaidServerRequest{ServerId: r.ServerID, Body: &model.ResizePostPaidServerRequestBody{
		Resize: &model.ResizePostPaidServerOption{FlavorRef: p.FlavorRef, Mode: p.Mode, CpuOptions: cpu}, DryRun: p.DryRun,
	}})
	if err != nil {
		return nil, err
	}
	return object{"job_id": answer.JobId}, nil
}

func cpuOptions(threads *int64) (*model.CpuOptions, error) {
	if threads == nil {
		return nil, nil
	}
	values := model.GetCpuOptionsHwcpuThreadsEnum()
	for _, v := range []model.CpuOptionsHwcpuThreads{values.E_1, values.E_2} {
		if int64(v.Value()) == *threads {
			return &model.CpuOptions{HwcpuThreads: &v}, nil
		}
	}
	return nil, unsupported(fmt.Sprintf("cpu_threads %d: its enum has 1 and 2", *threads))
}

func listResizeFlavors(client *ecs.EcsClient, r request) (object, error) {
	p := r.Params
	keys, dirs := model.GetListResizeFlavorsRequestSortKeyEnum(), model.GetListResizeFlavorsRequestSortDirEnum()
	key, err := choose("sort_key", p.SortKey, keys.FLAVORID, keys.SORT_KEY, keys.NAME, keys.MEMORY_MB, keys.VCPUS, keys.ROOT_GB)
	if err != nil {
		return nil, err
	}
	dir, err := choose("sort_dir", p.SortDir, dirs.ASC, dirs.DESC)
	if err != nil {
		return nil, err
	}
	ask := &model.ListResizeFlavorsRequest{InstanceUuid: p.InstanceUUID, SourceFlavorId: p.SourceFlavorID, SourceFlavorName: p.SourceFlavorName,
		SortKey: key, SortDir: dir, Marker: p.Marker}
	if p.Limit != nil {
		if *p.Limit < math.MinInt32 || *p.Limit > math.MaxInt32 {
			return nil, unsupported(fmt.Sprintf("limit %d: it is an int32", *p.Limit))
		}
		limit := int32(*p.Limit)
		ask.Limit = &limit
	}
	answer, err := client.ListResizeFlavors(ask)
	if err != nil || answer.Flavors == nil {
		return object{}, err
	}
	flavors := []object{}
	for _, f := range *answer.Flavors {
		flavors = append(flavors, object{"id": f.Id, "name": f.Name, "vcpus": f.Vcpus, "ram": f.Ram})
	}
	return object{"flavors": flavors}, nil
}

func start(client *ecs.EcsClient, r request) (object, error) {
	answer, err := client.BatchStartServers(&model.BatchStartServersRequest{
		Body: &model.BatchStartServersRequestBody{OsStart: &model.BatchStartServersOption{Servers: servers(r)}},
	})
	if err != nil {
		return nil, err
	}
	return object{"job_id": answer.JobId}, nil
}

func stop(client *ecs.EcsClient, r request) (object, error) {
	types := model.GetBatchStopServersOptionTypeEnum()
	kind, err := choose("type", r.Params.Type, types.SOFT, types.HARD)
	if err != nil {
		return nil, err
	}
	answer, err := client.BatchStopServers(&model.BatchStopServersRequest{
		Body: &model.BatchStopServersRequestBody{OsStop: &model.BatchStopServersOption{Servers: servers(r), Type: kind}},
	})
	if err != nil {
		return nil, err
	}
	return object{"job_id": answer.JobId}, nil
}

func servers(r request) []model.ServerId {
	ids := make([]model.ServerId, len(r.Params.ServerIDs))
	for i, id := range r.Params.ServerIDs {
		ids[i].Id = id
	}
	return ids
}

// choose finds the value of an enum of the SDK, whose values cannot be made otherwise. What was not asked for stays nil.
func choose[V interface{ Value() string }](name string, asked *string, values ...V) (*V, error) {
	if asked == nil {
		return nil, nil
	}
	for _, v := range values {
		if v.Value() == *asked {
			return &v, nil
		}
	}
	return nil, unsupported(fmt.Sprintf("%s %q: its enum has no such value", name, *asked))
}
