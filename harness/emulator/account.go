package emulator

import (
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"time"
)

// An account has more than the operations of the contract: users who sign in, and quotas. Both are off by default (Config.Account), and none of it is in the contract.

// User is somebody who may sign in at the identity service, and gets a token.
type User struct{ Name, Domain, Password string }

// Quota is how much a project may have; 0 of anything: no limit.
type Quota struct {
	Servers int
	VCPUs   int
	RAM     int // MiB
}

// SignInPath is where IdentityDesk takes users and passwords.
const SignInPath = "/v3/auth/tokens"

// tokenValid is how long a token is good for by what is said of it; those of the emulator do not end.
const tokenValid = 24 * time.Hour

// signIn is the body of a sign-in with user and password.
type signIn struct {
	Auth struct {
		Identity struct {
			Methods  []string `json:"methods"`
			Password struct {
				User struct {
					Name     string `json:"name"`
					Password string `json:"password"`
					Domain   struct {
						Name string `json:"name"`
					} `json:"domain"`
				} `json:"user"`
			} `json:"password"`
		} `json:"identity"`
		Scope struct {
			Project struct {
				ID   string `json:"id"`
				Name string `json:"name"`
			} `json:"project"`
		} `json:"scope"`
	} `json:"auth"`
}

// IdentityDesk puts an identity service in front of a served emulator: POST to SignInPath with a user and a password, scoped to a project, answers 201 with the first
// token of that project in X-Subject-Token. Everything else goes on to next.
func IdentityDesk(e *Emulator, next http.Handler) http.Handler {
	refused := func(w http.ResponseWriter, r *Request, status int, message string) {
		f := &Refusal{Status: status, Message: message, Envelope: IdentityEnvelope}
		render(w, r, f.answer())
	}
	return http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		if hr.URL.Path != SignInPath || hr.Method != http.MethodPost {
			next.ServeHTTP(w, hr)
			return
		}
		r := &Request{ID: e.newID(RequestID), HTTP: hr, Now: e.now()}
		var asked signIn
		if err := json.NewDecoder(http.MaxBytesReader(w, hr.Body, 64<<10)).Decode(&asked); err != nil || len(asked.Auth.Identity.Methods) != 1 || asked.Auth.Identity.Methods[0] != "password" {
			refused(w, r, http.StatusBadRequest, "The request body is invalid: wanted one method, password.")
			return
		}
		who := asked.Auth.Identity.Password.User
		known := false
		for _, u := range e.users {
			known = known || u.Name == who.Name && u.Domain == who.Domain.Name && subtle.ConstantTimeCompare([]byte(u.Password), []byte(who.Password)) == 1
		}
		if !known {
			refused(w, r, http.StatusUnauthorized, "The username or password is wrong.")
			return
		}
		project := e.state.Projects[0] // the users are its
		if scope := asked.Auth.Scope.Project; scope.ID != project.ID && (scope.ID != "" || scope.Name != project.Name) {
			refused(w, r, http.StatusUnauthorized, "The user has no right to the project, or there is none of that name.")
			return
		}
		token := e.Describe().Projects[0].Token
		if token == "" {
			refused(w, r, http.StatusUnauthorized, "The project takes no tokens.")
			return
		}
		const stamp = "2006-01-02T15:04:05.000000Z"
		domain := object{"id": derivedUUID("domain", who.Domain.Name), "name": who.Domain.Name}
		render(w, r, Answer{Status: http.StatusCreated, Header: http.Header{"X-Subject-Token": {token}}, Body: object{"token": object{
			"methods": []string{"password"}, "issued_at": r.Now.UTC().Format(stamp), "expires_at": r.Now.UTC().Add(tokenValid).Format(stamp),
			"project": object{"id": project.ID, "name": project.Name, "domain": domain}, "roles": []object{}, "catalog": []object{},
			"user": object{"id": derivedUUID("user", who.Name), "name": who.Name, "domain": domain, "password_expires_at": ""},
		}}})
	})
}

// accountRoutes are apart from the contract's table, so that no seam changes them.
func (e *Emulator) accountRoutes() []Route {
	return []Route{{Operation: "account limits", Method: http.MethodGet, Pattern: "/v1/{project_id}/cloudservers/limits", Handle: e.showLimits}}
}

// used is what the servers of a project take of its quota.
func (w *world) used(project string) (q Quota) {
	for _, s := range w.servers {
		if s.Project == project {
			q.Servers++
			if f := w.flavors[s.Flavor]; f != nil {
				q.VCPUs, q.RAM = q.VCPUs+f.VCPUs, q.RAM+f.RAM
			}
		}
	}
	return q
}

// showLimits answers GET /v1/{project_id}/cloudservers/limits: what a project may have, and what it has. -1 is no limit.
func (e *Emulator) showLimits(r *Request) Answer {
	limit := func(n int) int {
		if n == 0 {
			return -1
		}
		return n
	}
	used := e.world.used(r.Project)
	return ok(object{"absolute": object{
		"maxTotalInstances": limit(e.quota.Servers), "totalInstancesUsed": used.Servers,
		"maxTotalCores": limit(e.quota.VCPUs), "totalCoresUsed": used.VCPUs,
		"maxTotalRAMSize": limit(e.quota.RAM), "totalRAMUsed": used.RAM,
	}})
}

// exceeds says which part of the quota would be exceeded by so much more; nil: none.
func (e *Emulator) exceeds(project string, servers, vcpus, ram int) *Refusal {
	if e.quota == (Quota{}) {
		return nil
	}
	used := e.world.used(project)
	for _, part := range []struct {
		what                string
		limit, used, wanted int
	}{
		{"ECSs", e.quota.Servers, used.Servers, servers}, {"vCPUs", e.quota.VCPUs, used.VCPUs, vcpus}, {"MiB of memory", e.quota.RAM, used.RAM, ram},
	} {
		if part.limit > 0 && part.wanted > 0 && part.used+part.wanted > part.limit {
			return refuse(http.StatusBadRequest, "Ecs.0001", "The quota of %d %s does not suffice: %d are used, %d more are wanted.", part.limit, part.what, part.used, part.wanted)
		}
	}
	return nil
}

// quotaLeft wants the larger flavor to fit into the quota.
func quotaLeft(q *ResizeRequest) *Refusal {
	if q.Server == nil || q.Target == nil {
		return nil
	}
	from := q.e.world.flavors[q.Server.Flavor]
	if from == nil {
		return nil
	}
	return q.e.exceeds(q.Project, 0, q.Target.VCPUs-from.VCPUs, q.Target.RAM-from.RAM)
}
