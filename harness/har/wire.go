package har

import (
	"math"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// The members of a HAR file that are read. A member of a wrong type is taken as absent: writers differ, and one odd entry must not cost the others.

type wireEntry struct {
	Started      text                   `json:"startedDateTime"`
	Time         number                 `json:"time"`
	Timings      optional[wireTimings]  `json:"timings"`
	Request      optional[wireRequest]  `json:"request"`
	Response     optional[wireResponse] `json:"response"`
	FromCache    present                `json:"_fromCache"` // Chrome: "memory", "disk"
	Cached       present                `json:"fromCache"`
	FetchType    text                   `json:"_fetchType"`    // Safari: "Network Load", "Memory Cache", "Disk Cache"
	ResourceType text                   `json:"_resourceType"` // Chrome, mitmproxy: "websocket"
	Messages     present                `json:"_webSocketMessages"`
	Fulfilled    present                `json:"_wasFulfilled"` // Playwright: the test answered itself
	Ours         optional[wireOurs]     `json:"_conformance"`  // written by Write
}

// wireOurs is what Write says of an exchange beyond the format. All of it makes the judgement milder, never harsher; and nothing of it is there but from us.
type wireOurs struct {
	BlurMS     number `json:"blur_ms"`
	Lost       words  `json:"lost"`
	Substitute text   `json:"substitute"`
	Malformed  text   `json:"malformed"`
}

// words is a list of strings.
type words []string

func (w *words) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	*w = nil
	if dec.PeekKind() != '[' {
		return dec.SkipValue()
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for dec.PeekKind() != ']' {
		var one text
		if err := json.UnmarshalDecode(dec, &one); err != nil {
			return err
		}
		if one.ok {
			*w = append(*w, one.s)
		}
	}
	_, err := dec.ReadToken()
	return err
}

type wireTimings struct {
	Blocked number `json:"blocked"`
	DNS     number `json:"dns"`
	Connect number `json:"connect"`
	Send    number `json:"send"`
	Wait    number `json:"wait"`
	Receive number `json:"receive"`
}

type wireRequest struct {
	Method   text               `json:"method"`
	URL      text               `json:"url"`
	Headers  pairs              `json:"headers"`
	Query    pairs              `json:"queryString"`
	BodySize number             `json:"bodySize"`
	PostData optional[wirePost] `json:"postData"`
}

type wirePost struct {
	MimeType text    `json:"mimeType"`
	Text     text    `json:"text"`
	Encoding text    `json:"encoding"`
	Params   pairs   `json:"params"`
	Comment  text    `json:"comment"`
	File     present `json:"_file"` // Playwright: kept beside the recording
}

type wireResponse struct {
	Status       number                `json:"status"`
	Proto        text                  `json:"httpVersion"`
	Headers      pairs                 `json:"headers"`
	BodySize     number                `json:"bodySize"`
	Content      optional[wireContent] `json:"content"`
	Error        text                  `json:"_error"`                   // Chrome, mitmproxy
	FailureText  text                  `json:"_failureText"`             // Playwright
	ViaWorker    present               `json:"_fetchedViaServiceWorker"` // Chrome
	WorkerSource text                  `json:"_serviceWorkerResponseSource"`
}

type wireContent struct {
	Size     number  `json:"size"`
	MimeType text    `json:"mimeType"`
	Text     text    `json:"text"`
	Encoding text    `json:"encoding"`
	Comment  text    `json:"comment"`
	File     present `json:"_file"`
}

// text is a string.
type text struct {
	s  string
	ok bool
}

func (t *text) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	*t = text{}
	if dec.PeekKind() != '"' {
		return dec.SkipValue()
	}
	token, err := dec.ReadToken()
	if err == nil {
		*t = text{token.String(), true}
	}
	return err
}

// number is a number, or a string that holds one.
type number struct {
	f  float64
	ok bool
}

func (n *number) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	*n = number{}
	if kind := dec.PeekKind(); kind != '0' && kind != '"' {
		return dec.SkipValue()
	}
	token, err := dec.ReadToken()
	if err != nil {
		return err
	}
	f, err := strconv.ParseFloat(token.String(), 64)
	*n = number{f, err == nil && !math.IsNaN(f) && !math.IsInf(f, 0)}
	if !n.ok {
		n.f = 0
	}
	return nil
}

// above says that the number is there and greater.
func (n number) above(f float64) bool { return n.ok && n.f > f }

// is says that the number is there and the same.
func (n number) is(f float64) bool { return n.ok && n.f == f }

// present says that something stands there: neither null nor false nor "".
type present bool

func (p *present) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	switch dec.PeekKind() {
	case 'n', 'f':
		*p = false
		return dec.SkipValue()
	case '"':
		token, err := dec.ReadToken()
		*p = err == nil && token.String() != ""
		return err
	}
	*p = true
	return dec.SkipValue()
}

// optional is an object.
type optional[T any] struct {
	v  T
	ok bool
}

func (o *optional[T]) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	*o = optional[T]{}
	if dec.PeekKind() != '{' {
		return dec.SkipValue()
	}
	o.ok = true
	return json.UnmarshalDecode(dec, &o.v)
}

// pairs is a list of names and values. whole is false when it is no list, or something in it is no pair.
type pairs struct {
	list  []pair
	whole bool
}

type pair struct{ name, value string }

func (p *pairs) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	*p = pairs{}
	if dec.PeekKind() != '[' {
		return dec.SkipValue()
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	p.whole = true
	for dec.PeekKind() != ']' {
		var one optional[struct {
			Name  text `json:"name"`
			Value text `json:"value"`
		}]
		if err := json.UnmarshalDecode(dec, &one); err != nil {
			return err
		}
		if one.v.Name.s == "" || !one.v.Value.ok {
			p.whole = false
			continue
		}
		p.list = append(p.list, pair{one.v.Name.s, one.v.Value.s})
	}
	_, err := dec.ReadToken()
	return err
}
