package reference

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"resize-conformance/harness/driver"
)

// composer makes requests as the documents have them.
func composer(c Config) Composer {
	return func(r driver.Request) (*Message, error) {
		method, path, err := route(c, r)
		if err != nil {
			return nil, err
		}
		target, err := url.Parse(strings.TrimSuffix(r.Endpoint, "/") + path)
		if err != nil || target.Host == "" || (target.Scheme != "http" && target.Scheme != "https") {
			return nil, fmt.Errorf("endpoint: wanted a URL that begins with http:// or https://, got %q", r.Endpoint)
		}
		if r.Operation == driver.ListResizeFlavors {
			target.RawQuery = selectors(r.Params).Encode()
		}
		m := &Message{Method: method, URL: target, Header: http.Header{}}
		if m.Body, err = body(r); err != nil {
			return nil, err
		}
		m.Header.Set("User-Agent", c.UserAgent)
		m.Header.Set("Accept", "application/json")
		if m.Body != nil {
			m.Header.Set("Content-Type", "application/json")
		}
		if r.Credentials.Kind() != driver.WithToken && r.Credentials.Kind() != driver.WithNone {
			m.Header.Set("X-Project-Id", r.ProjectID) // the signature's own way of naming the project; a token has it inside
		}
		return m, nil
	}
}

// route says where an operation is. Ids are put into the path as one segment each, whatever they are made of (RFC 3986, section 2.2).
func route(c Config, r driver.Request) (method, path string, err error) {
	var missing []error
	id := func(name, value string) string {
		if value == "" || value == "." || value == ".." {
			missing = append(missing, fmt.Errorf("%s: wanted an id, got %q", name, value))
		}
		return url.PathEscape(value)
	}
	project := id("project_id", r.ProjectID)
	switch r.Operation {
	case driver.ResizeServer:
		method, path = http.MethodPost, "/v1.1/"+project+"/cloudservers/"+id("server_id", r.ServerID)+"/resize"
	case driver.ResizePostPaidServer:
		method, path = http.MethodPost, "/v1/"+project+"/cloudservers/"+id("server_id", r.ServerID)+"/resize"
	case driver.ShowJob, driver.WaitForJob:
		method, path = http.MethodGet, "/v1/"+project+"/jobs/"+id("job_id", r.JobID)
	case driver.ShowServer:
		method, path = http.MethodGet, "/v1/"+project+"/cloudservers/"+id("server_id", r.ServerID)
	case driver.ListResizeFlavors:
		method, path = http.MethodGet, strings.ReplaceAll(c.ResizeFlavorsPath, "{project_id}", project)
	case driver.StartServers, driver.StopServers:
		method, path = http.MethodPost, "/v1/"+project+"/cloudservers/action"
	default:
		return "", "", fmt.Errorf("there is no operation %q", r.Operation)
	}
	return method, path, errors.Join(missing...)
}

// selectors are the query of listResizeFlavors: what was asked for, and no more.
func selectors(p driver.Params) url.Values {
	values := url.Values{}
	for _, s := range []struct{ name, value string }{
		{"instance_uuid", p.InstanceUUID}, {"source_flavor_id", p.SourceFlavorID}, {"source_flavor_name", p.SourceFlavorName},
		{"sort_key", p.SortKey}, {"sort_dir", p.SortDir}, {"marker", p.Marker},
	} {
		if s.value != "" {
			values.Set(s.name, s.value)
		}
	}
	if p.Limit != 0 {
		values.Set("limit", strconv.Itoa(p.Limit))
	}
	return values
}
