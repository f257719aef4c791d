package target

import (
	"time"

	"resize-conformance/harness/fixture"
)

// Config is everything that can be set about the two sides of a run. This struct is the only table of settings there is: the flags (--name), the environment
// variables ($CONFORMANCE_NAME), the keys of the configuration file (name), the help and the README's table are all made from it.
//
// Tags: name; default (where the server is a URL), embedded (default where it is the embedded emulator, if another); fallback (variables other tools use, see
// Resolve); group (in help); help; why (of the default); only (the kind of server for which it means anything: url or embedded; or client: a run with a client under test). Secret fields are never
// shown.
type Config struct {
	// Server is the base URL of the server under test, http or https. Default: none, which means the embedded emulator, so that a newcomer needs nothing.
	Server string `name:"server" group:"Server" help:"base URL of the server under test" why:"without one the run is made against the embedded emulator"`
	// ConfigFile is the path of a YAML or JSON file with settings. Default: none; no file is looked for, so that a run never depends on where it is started.
	ConfigFile string `name:"config" kind:"path" group:"Server" help:"file with settings (YAML or JSON; the keys are the names of the flags)" why:"no file is looked for unasked"`
	// InventoryFile is the path of the file that says which servers the run may use. Default: none; a URL needs one, because a server that does not exist proves nothing.
	InventoryFile string `name:"inventory" kind:"path" only:"url" group:"Server" help:"file that says which server of the target is in which state; may give the URL and the credentials, too" why:"a URL needs one"`
	// ProjectID is the id of the project that the servers are in. Default: none; a URL needs one, as every path begins with it.
	ProjectID string `name:"project-id" only:"url" fallback:"HUAWEICLOUD_SDK_PROJECT_ID,OS_PROJECT_ID" group:"Server" help:"id of the project the servers are in" why:"a URL needs one"`
	// Region is the name of the region, as it stands in the scope of a credential. Default: none; taken from a host of the form ecs.REGION.….
	Region string `name:"region" only:"url" group:"Server" help:"region, as in the scope of a credential" why:"taken from a host named ecs.REGION.…"`
	// Capabilities are the names of what the target offers beyond what follows from other settings. Default: none, because a promise that nobody made is not tested.
	Capabilities []string `name:"capabilities" only:"url" group:"Server" help:"what the target offers beyond what follows from the inventory and the credentials; see 'conformance list'" why:"what is not declared is not tested"`
	// AllowOrders lets the run place orders that are paid from the account (isAutoPay "true"). Default: false, because that costs money at a real endpoint.
	AllowOrders bool `name:"allow-orders" default:"false" only:"url" group:"Server" help:"let the run place orders that are paid from the account" why:"it costs money at a real endpoint"`
	// ReadOnly keeps everything from being sent that could change something. Default: false, because most promises are about changes.
	ReadOnly bool `name:"read-only" default:"false" only:"url" group:"Server" help:"send nothing that changes anything; dry runs are sent" why:"most promises are about changes"`
	// Budget limits what the run may spend: servers=N made in all, orders=N placed, requests=N, minutes=N. Default: none; where one is spent no further scenario is begun.
	Budget []string `name:"budget" only:"url" group:"Server" help:"what the run may spend, such as servers=4,orders=0,requests=2000,minutes=30; cleaning up may exceed it" why:"no limit"`
	// Client is the command line of the driver of a client under test, or "reference" for the built-in reference client. Default: none, which means that the
	// built-in client of the suite asks, and only the server is put to the test.
	Client string `name:"client" group:"Client" help:"command that starts the driver of a client to put to the test, or reference for the built-in reference client" why:"without one only the server is put to the test"`
	// ClientPatience is how long a client under test is told to take for a call that gets no answer, or only a slow one (Go duration). Default: 1s, long enough for an
	// answer in pieces and short enough to wait for.
	ClientPatience time.Duration `name:"client-patience" default:"1s" only:"client" group:"Client" help:"how long a client under test is told to take where no answer comes" why:"long enough for a slow answer, short enough to wait for"`

	// Provision are the states of servers that the run makes itself where the inventory lists none: stopped, running, windows, spot, yearly-monthly. Default: none,
	// because they cost money.
	Provision []string `name:"provision" only:"url" group:"Servers of the run's own" help:"states in which the run makes servers where the inventory lists none: stopped, running, windows, spot, yearly-monthly" why:"they cost money"`
	// Prefix begins the names of servers that the run makes, and is the value of their tag. Default: none, which means rsz- and a number that is made
	// up for the run, because two runs must not take each other's servers for their own.
	Prefix string `name:"prefix" only:"url" group:"Servers of the run's own" help:"what the names of the run's own servers begin with; sweep finds them by it" why:"rsz- and a number that is made up for the run and told in its reports"`
	// ProvisionImage is the id of the image of servers that the run makes. Default: none; provisioning needs one.
	ProvisionImage string `name:"provision-image" only:"url" group:"Servers of the run's own" help:"id of a small Linux image" why:"provisioning needs one"`
	// ProvisionWindowsImage is the id of the image of Windows servers that the run makes. Default: none; provisioning windows needs one.
	ProvisionWindowsImage string `name:"provision-windows-image" only:"url" group:"Servers of the run's own" help:"id of a Windows image" why:"provisioning windows needs one"`
	// ProvisionVPC is the id of the network of servers that the run makes. Default: none; provisioning needs one.
	ProvisionVPC string `name:"provision-vpc" only:"url" group:"Servers of the run's own" help:"id of the VPC" why:"provisioning needs one"`
	// ProvisionSubnet is the id of the subnet of servers that the run makes. Default: none; provisioning needs one.
	ProvisionSubnet string `name:"provision-subnet" only:"url" group:"Servers of the run's own" help:"id of the subnet" why:"provisioning needs one"`
	// ProvisionSecurityGroup is the id of the security group of servers that the run makes. Default: none, which leaves it to the service.
	ProvisionSecurityGroup string `name:"provision-security-group" only:"url" group:"Servers of the run's own" help:"id of the security group" why:"the service's default group"`
	// ProvisionZone is the availability zone of servers that the run makes. Default: none, which leaves it to the service.
	ProvisionZone string `name:"provision-zone" only:"url" group:"Servers of the run's own" help:"availability zone" why:"the service chooses"`
	// ProvisionVolumeType is the type of the system disk of servers that the run makes. Default: SSD, as in the contract's own example.
	ProvisionVolumeType string `name:"provision-volume-type" default:"SSD" only:"url" group:"Servers of the run's own" help:"type of the system disk" why:"as in the documentation's example"`
	// ProvisionKey is the name of the key pair of servers that the run makes. Default: none; the run never logs in.
	ProvisionKey string `name:"provision-key" only:"url" group:"Servers of the run's own" help:"name of a key pair" why:"the run never logs in"`
	// ProvisionFlavor is the flavor of servers that the run makes. Default: none, which means the smallest from which others can be reached.
	ProvisionFlavor string `name:"provision-flavor" only:"url" group:"Servers of the run's own" help:"id of their flavor" why:"the smallest from which two others can be reached, and one that is smaller"`

	// Profile is the vendor edition of the contract, or the path of an overlay file. Default: intl, the edition that is the base of the contract.
	Profile string `name:"profile" default:"intl" group:"Contract" help:"vendor edition of the contract, or path of an overlay file; 'conformance profiles' lists them" why:"the base edition"`
	// Spec is the path of another contract. Default: none, which means the contract that is built in.
	Spec string `name:"spec" kind:"path" group:"Contract" help:"OpenAPI document to use as the contract" why:"the contract is built in"`

	// Baseline is the path of the file of accepted failures. Default: none, because nothing is accepted that nobody answers for.
	Baseline string `name:"baseline" kind:"path" group:"What counts" help:"file of accepted failures (YAML); see 'conformance baseline'" why:"every failure counts"`
	// Pin is a released suite version: what is promised since a later one is run and shown, and does not count. Default: none; everything counts.
	Pin string `name:"pin" group:"What counts" help:"suite version whose requirements decide on the exit code; newer ones are run and shown, and do not count" why:"all of them decide"`

	// Format names the reports that are written. Default: default, which is html, json and junit: for people, for programs, and what every CI system reads.
	Format []string `name:"format" default:"default" group:"Reports" help:"reports to write: html, json, junit, jenkins, gitlab, har, sarif, ctrf, github-summary, github-annotations, badge; default (html, json and junit), auto (those, and what the CI system around reads), all" why:"for people, for programs, and for every CI system"`

	// Token is the token of a caller in the project (X-Auth-Token). Default: none; without a token what needs one is not applicable.
	Token string `name:"token" secret:"true" only:"url" fallback:"OS_AUTH_TOKEN" group:"Credentials" help:"token of a caller in the project"`
	// AccessKey is the access key of a caller in the project. Default: none; it comes with a secret key.
	AccessKey string `name:"access-key" secret:"true" only:"url" fallback:"HUAWEICLOUD_SDK_AK" group:"Credentials" help:"access key (AK)"`
	// SecretKey is the secret that belongs to the access key. Default: none.
	SecretKey string `name:"secret-key" secret:"true" only:"url" fallback:"HUAWEICLOUD_SDK_SK" group:"Credentials" help:"secret key (SK)"`
	// SecurityToken is sent with a temporary access key (X-Security-Token). Default: none; permanent keys have none.
	SecurityToken string `name:"security-token" secret:"true" only:"url" fallback:"HUAWEICLOUD_SDK_SECURITY_TOKEN" group:"Credentials" help:"security token of a temporary access key"`
	// User is the name of a user whose token the run gets itself (IAM, POST /v3/auth/tokens). Default: none; it comes with domain, password and iam-endpoint.
	User string `name:"user" only:"url" group:"Credentials" help:"name of an IAM user whose token the run is to get; no agency"`
	// Domain is the name of the account that the user belongs to. Default: none.
	Domain string `name:"domain" only:"url" group:"Credentials" help:"name of the account (domain) that the user belongs to"`
	// Password is the user's. Default: none.
	Password string `name:"password" secret:"true" only:"url" group:"Credentials" help:"password of the user"`
	// IAMEndpoint is the base URL of the identity service. Default: none; where it is differs between vendors.
	IAMEndpoint string `name:"iam-endpoint" only:"url" group:"Credentials" help:"base URL of the identity service, such as https://iam.REGION.myhuaweicloud.com" why:"it differs between vendors"`
	// ExpiredToken is a token that is no longer valid. Default: none; what needs one is then not applicable.
	ExpiredToken string `name:"expired-token" secret:"true" only:"url" group:"Credentials" help:"a token of the project that has expired"`
	// DeniedToken is a token whose bearer an identity policy denies the operations of the contract, the job query aside. Default: none; what needs one is then not applicable.
	DeniedToken string `name:"denied-token" secret:"true" only:"url" group:"Credentials" help:"a token of the project whose bearer an identity policy denies the operations"`
	// ThrottledToken is a token whose requests meet flow control. Default: none, because a run must not throttle the account that it uses.
	ThrottledToken string `name:"throttled-token" secret:"true" only:"url" group:"Credentials" help:"a token of the project whose requests meet flow control"`
	// FailingToken is a token whose requests meet a service that is not well: failures inside it, or between it and the gateway. Default: none; a test double can have one.
	FailingToken string `name:"failing-token" secret:"true" only:"url" group:"Credentials" help:"a token of the project whose requests meet a service that fails"`
	// ForeignProjectID is the id of a project that the credentials have no right to. Default: none; what needs one is then not applicable.
	ForeignProjectID string `name:"foreign-project-id" only:"url" group:"Credentials" help:"id of a project that the run's credentials have no right to"`
	// ForeignToken is a token of the foreign project. Default: none; either it or the foreign keys go with a foreign project.
	ForeignToken string `name:"foreign-token" secret:"true" only:"url" group:"Credentials" help:"token of the foreign project"`
	// ForeignAccessKey is an access key of the foreign project. Default: none.
	ForeignAccessKey string `name:"foreign-access-key" secret:"true" only:"url" group:"Credentials" help:"access key of the foreign project"`
	// ForeignSecretKey is the secret that belongs to the foreign access key. Default: none.
	ForeignSecretKey string `name:"foreign-secret-key" secret:"true" only:"url" group:"Credentials" help:"secret key of the foreign project"`

	// CAFile is the path of a PEM file with the authorities that may vouch for the server. Default: none, which means those of the system.
	CAFile string `name:"ca-file" kind:"path" only:"url" group:"TLS" help:"PEM file with the certificate authorities to trust" why:"those of the system"`
	// ClientCert is the path of a PEM file with the certificate the client shows. Default: none; it comes with a client key.
	ClientCert string `name:"client-cert" kind:"path" only:"url" group:"TLS" help:"PEM file with the client's certificate"`
	// ClientKey is the path of a PEM file with the key of the client's certificate. Default: none.
	ClientKey string `name:"client-key" kind:"path" only:"url" group:"TLS" help:"PEM file with the key of the client's certificate"`
	// Insecure accepts any certificate of the server. Default: false, because the credentials could then be read by anybody on the way.
	Insecure bool `name:"insecure" default:"false" only:"url" group:"TLS" help:"accept any certificate of the server" why:"anybody on the way could read the credentials"`

	// RequestTimeout is how long one request may take until its answer is read (Go duration). Default: 30s, and 10s embedded: a gateway gives up after about as long.
	RequestTimeout time.Duration `name:"request-timeout" default:"30s" embedded:"10s" group:"Timeouts" help:"how long one request may take" why:"a gateway gives up after about as long"`
	// JobTimeout is how long a resize job may take to end (Go duration). Default: 10m, and 10s embedded: a real one was seen to take 38 s.
	JobTimeout time.Duration `name:"job-timeout" default:"10m" embedded:"10s" group:"Timeouts" help:"how long a resize job may take to end" why:"real ones were seen to take 38 s"`
	// PowerTimeout is how long a start or stop may take (Go duration). Default: 5m, and 10s embedded: real ones were seen to take 15 to 20 s.
	PowerTimeout time.Duration `name:"power-timeout" default:"5m" embedded:"10s" group:"Timeouts" help:"how long a start or a stop may take" why:"real ones were seen to take 15 to 20 s"`
	// CreateTimeout is how long making a server may take (Go duration). Default: 10m, and 10s embedded: an image has to be copied.
	CreateTimeout time.Duration `name:"create-timeout" default:"10m" embedded:"10s" group:"Timeouts" help:"how long making a server may take" why:"an image has to be copied"`
	// Poll is the first pause between two looks at a job (Go duration); later ones grow. Default: 5s, and 2ms embedded: published clients take 5 to 10 s.
	Poll time.Duration `name:"poll" default:"5s" embedded:"2ms" group:"Timeouts" help:"first pause between two looks at a job; later ones grow" why:"published clients pause for 5 to 10 s"`

	// PollMax is the longest pause between two looks (Go duration). Default: 15s, and 10ms embedded; where poll is given, eight times that at most.
	PollMax time.Duration `name:"poll-max" default:"15s" embedded:"10ms" group:"Timeouts" help:"longest pause between two looks; where poll is given, eight times that at most unless this is given, too" why:"a long job costs some dozen requests"`
	// DeleteTimeout is how long removing a server may take (Go duration). Default: 5m, and 10s embedded: under a minute was seen.
	DeleteTimeout time.Duration `name:"delete-timeout" default:"5m" embedded:"10s" group:"Timeouts" help:"how long removing a server may take" why:"less than a minute was seen"`
	// StatusTimeout is how long a server may take to show what its job has done (Go duration). Default: 1m, and 5s embedded: only the side that reads has to catch up.
	StatusTimeout time.Duration `name:"status-timeout" default:"1m" embedded:"5s" group:"Timeouts" help:"how long a server may take to show what its job has done" why:"only what is read has to catch up"`
	// RequestTimeouts are those operations of which one request may take another time than request-timeout says. Default: none; no operation is documented to be slower.
	RequestTimeouts []string `name:"request-timeouts" group:"Timeouts" help:"operations whose requests may take another time than request-timeout says, such as createServers=90s,showJob=10s" why:"none is documented to be slower"`

	// Rate is how many requests are sent in a second, a minute or an hour. Default: auto.
	Rate string `name:"rate" default:"auto" only:"url" group:"Manners" help:"how many requests are sent at most, such as 5/s or 200/5m; off for no limit" why:"10/s, and no limit on loopback"`
	// Concurrent is how many requests are under way at the same time. Default: auto.
	Concurrent string `name:"concurrent" default:"auto" only:"url" group:"Manners" help:"how many requests are under way at the same time at most; off for no limit" why:"4, and no limit on loopback"`

	// JobDuration is how long a resize job of the embedded emulator runs (Go duration). Default: 12ms, long enough to see it run and short enough to wait for.
	JobDuration time.Duration `name:"job-duration" default:"12ms" only:"embedded" group:"Embedded emulator" help:"how long its resize jobs run" why:"long enough to be seen running"`
	// Latency is what the embedded emulator adds to every answer (Go duration). Default: 0s, because nothing is gained by waiting.
	Latency time.Duration `name:"latency" default:"0s" only:"embedded" group:"Embedded emulator" help:"what it adds to every answer" why:"nothing is gained by waiting"`

	origin    map[string]string  // name -> where its value comes from; absent when it is the default
	inventory *fixture.Inventory // what InventoryFile holds
	bare      bool               // no servers are to be leased, and none need be listed
}

// Embedded tells whether the server side is the embedded emulator.
func (c *Config) Embedded() bool { return c.Server == "" }

// Inventory is what the inventory file holds; nil when there is none.
func (c *Config) Inventory() *fixture.Inventory { return c.inventory }

// from says where a setting was given.
func (c *Config) from(name string) string {
	if where := c.origin[name]; where != "" {
		return where
	}
	return "given in code"
}
