package ecs

import (
	"context"
	"net/url"
	"strconv"
)

// PageSize is how many servers ListServers asks for at once.
const PageSize = 100

// ListServers asks for one page of the project's servers; the first is 1. No contract describes this operation: it is recorded and not judged.
// Source: cn reference 2024-04-18, "querying details about ECSs".
func (c *Client) ListServers(ctx context.Context, page int, o ...Option) (*Answer, error) {
	query := url.Values{"limit": {strconv.Itoa(PageSize)}, "offset": {strconv.Itoa(page)}}
	return c.Do(ctx, Call{Operation: ListServers, Query: query, Outside: true}, o...)
}

// ListFlavors asks for the flavors that are sold; zone may be empty. No contract describes this operation: it is recorded and not judged. Answer.Flavors reads it.
// Source: cn reference 2024-04-18, "querying details about flavors".
func (c *Client) ListFlavors(ctx context.Context, zone string, o ...Option) (*Answer, error) {
	query := url.Values{}
	if zone != "" {
		query.Set("availability_zone", zone)
	}
	return c.Do(ctx, Call{Operation: ListFlavors, Query: query, Outside: true}, o...)
}

// Servers decodes a page of servers. count is how many there are on all pages.
func (a *Answer) Servers() (servers []*Server, count int, err error) {
	body, err := a.document()
	if err != nil {
		return nil, 0, err
	}
	n := body.at("servers")
	if n.isNull() {
		return nil, 0, n.wanted("an array")
	}
	list, err := n.list()
	if err != nil {
		return nil, 0, err
	}
	for _, one := range list {
		s, err := readServer(one)
		if err != nil {
			return nil, 0, err
		}
		servers = append(servers, s)
	}
	count, err = body.at("count").integer()
	return servers, count, err
}
