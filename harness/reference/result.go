package reference

import (
	"errors"
	"fmt"

	"resize-conformance/harness/driver"
)

// readResult reads what an operation gives.
func readResult(r driver.Request, d document) (*driver.Result, error) {
	switch r.Operation {
	case driver.ShowJob, driver.WaitForJob:
		job, err := readJob(d)
		return &driver.Result{Job: job}, err
	case driver.ShowServer:
		server, err := readServer(d)
		return &driver.Result{Server: server}, err
	case driver.ListResizeFlavors:
		flavors, err := readFlavors(d)
		return &driver.Result{Flavors: flavors}, err
	}
	return readAccepted(r, d)
}

// readAccepted reads the ids of what was accepted. Without either id nobody could follow it, except a dry run, which sets nothing going.
func readAccepted(r driver.Request, d document) (*driver.Result, error) {
	var out driver.Result
	for name, to := range map[string]**string{"job_id": &out.JobID, "order_id": &out.OrderID} {
		id, err := d.optional(name)
		if err != nil {
			return nil, err
		}
		if id != "" {
			*to = &id
		}
	}
	if out.JobID == nil && out.OrderID == nil && !dryRun(r) {
		return nil, errors.New("wanted a job_id or an order_id, got neither")
	}
	return &out, nil
}

func readJob(d document) (*driver.Job, error) {
	status, err := d.required("status")
	if err != nil {
		return nil, err
	}
	job := &driver.Job{Status: &status}
	return job, errors.Join(
		optional(d, "job_id", &job.ID), optional(d, "job_type", &job.Type), optional(d, "error_code", &job.ErrorCode),
		optional(d, "fail_reason", &job.FailReason), serverOf(d, &job.ServerID),
	)
}

// serverOf finds the server that a job is about: a resize says it at the top of entities, a batch in its sub-jobs.
func serverOf(d document, to **string) error {
	entities := d.object("entities")
	if err := optional(entities, "server_id", to); err != nil || *to != nil {
		return err
	}
	subJobs, _ := entities["sub_jobs"].([]any)
	for _, s := range subJobs {
		sub, _ := s.(map[string]any)
		if err := optional(document(sub).object("entities"), "server_id", to); err != nil || *to != nil {
			return err
		}
	}
	return nil
}

func readServer(d document) (*driver.Server, error) {
	s := d.object("server")
	if s == nil {
		return nil, fmt.Errorf("server: wanted an object, got %s", shown(d, "server"))
	}
	id, err := s.required("id")
	if err != nil {
		return nil, err
	}
	status, err := s.required("status")
	if err != nil {
		return nil, err
	}
	server := &driver.Server{ID: &id, Status: &status}
	return server, errors.Join(optional(s, "name", &server.Name), optional(s, "OS-EXT-STS:task_state", &server.TaskState), optional(s.object("flavor"), "id", &server.Flavor))
}

func readFlavors(d document) ([]driver.Flavor, error) {
	list, ok := d["flavors"].([]any)
	if !ok {
		return nil, fmt.Errorf("flavors: wanted an array, got %s", shown(d, "flavors"))
	}
	out := make([]driver.Flavor, 0, len(list))
	for i, item := range list {
		o, ok := item.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("flavors/%d: wanted an object, got %s", i, kindOf(item))
		}
		flavor, err := readFlavor(o)
		if err != nil {
			return nil, fmt.Errorf("flavors/%d: %w", i, err)
		}
		out = append(out, flavor)
	}
	return out, nil
}

func readFlavor(d document) (f driver.Flavor, err error) {
	if f.ID, err = d.required("id"); err != nil {
		return f, err
	}
	if err = optional(d, "name", &f.Name); err != nil {
		return f, err
	}
	if vcpus, ok := d.text("vcpus"); ok { // a string in one place of the documents, a number in another
		f.VCPUs = &vcpus
	}
	if _, there := d.text("ram"); there {
		ram, err := d.integer("ram")
		if err != nil {
			return f, err
		}
		mib := int64(ram)
		f.RAM = &mib
	}
	return f, nil
}

// optional reads a string that need not be there. Null is as good as absent, and so is an empty one in these answers.
func optional(d document, name string, to **string) error {
	value, err := d.optional(name)
	if err == nil && value != "" {
		*to = &value
	}
	return err
}
