package contract

import (
	"slices"
	"strconv"
)

// difference is a known case in which the two oracles judge differently, and which of them is right. The table is short on purpose, and every
// entry is exercised by a test: a new version of either library that changes its mind fails it.
type difference struct {
	name    string
	why     string
	right   string // the oracle whose verdict counts
	accuses string // the oracle that objects
	applies func(d *dispute) bool
}

// dispute is one finding that only one oracle has.
type dispute struct {
	finding
	in      string
	accuser string
	status  int
	format  string // the format that the schema at hand declares
	value   string // the scalar at issue, as written
	untyped bool   // it is a header of an answer, and its schema declares no type
}

// differences lists what is known. Cases that the strict layer settles beforehand are not among them: trailing data, an empty or null body, a
// trailing or doubled slash, repeated parameters.
func differences() []difference {
	return []difference{
		{
			name: "format-is-annotation", accuses: oracleLib, right: oracleKin,
			why: "OpenAPI 3.0 leaves formats other than its own open, and the contract's ids are opaque: who means a shape writes a pattern. kin knows no uuid, uri, email or ip.",
			applies: func(d *dispute) bool {
				return d.keyword == "format" && !slices.Contains([]string{"int32", "int64", "date", "date-time", "byte"}, d.format)
			},
		},
		{
			name: "int64-range", accuses: oracleLib, right: oracleLib,
			why:     "OpenAPI 3.0 defines int64 as signed 64 bits; kin takes 2^63 for one.",
			applies: func(d *dispute) bool { return d.keyword == "format" && d.format == "int64" && !isInt64(d.value) },
		},
		{
			name: "int64-rounding", accuses: oracleLib, right: oracleKin,
			why:     "libopenapi reads numbers as float64 and takes the greatest int64 for one beyond.",
			applies: func(d *dispute) bool { return d.keyword == "format" && d.format == "int64" && isInt64(d.value) },
		},
		{
			name: "number-beyond-float64", accuses: oracleLib, right: oracleKin,
			why:     "RFC 8259, section 6, bounds no number; libopenapi reads a body whole into float64 and cannot, even where no schema speaks of the number. That it is JSON the strict layer has seen.",
			applies: func(d *dispute) bool { return d.part == partBody && d.keyword == KeywordSyntax },
		},
		{
			name: "date-shape", accuses: oracleLib, right: oracleLib,
			why:     "RFC 3339, section 5.6, as OpenAPI 3.0 names it: the libopenapi engine knows the calendar, kin a pattern only.",
			applies: func(d *dispute) bool { return d.keyword == "format" && (d.format == "date" || d.format == "date-time") },
		},
		{
			name: "date-shape-pattern", accuses: oracleKin, right: oracleLib,
			why:     "kin holds dates against a pattern that is narrower than RFC 3339, section 5.6.",
			applies: func(d *dispute) bool { return d.keyword == "format" && (d.format == "date" || d.format == "date-time") },
		},
		{
			name: "byte-in-3.0", accuses: oracleKin, right: oracleKin,
			why:     "OpenAPI 3.0 defines byte as base64; libopenapi checks it from 3.1 on only.",
			applies: func(d *dispute) bool { return d.keyword == "format" && d.format == "byte" },
		},
		{
			name: "unique-numbers", accuses: oracleLib, right: oracleLib,
			why:     "1 and 1.0 are the same number; kin compares how they are written.",
			applies: func(d *dispute) bool { return d.keyword == "uniqueItems" },
		},
		{
			name: "read-write-only", accuses: oracleKin, right: oracleLib,
			why: "OpenAPI 3.0: a readOnly property SHOULD NOT be sent in a request, a writeOnly one not in a response. Not done is not forbidden.",
			applies: func(d *dispute) bool {
				return d.keyword == "readOnly" || d.keyword == "writeOnly"
			},
		},
		{
			name: "redirects-unread", accuses: oracleLib, right: oracleLib,
			why: "kin never looks at 301, 304, 307 and 308, documented or not; the contract's list of statuses knows no exception.",
			applies: func(d *dispute) bool {
				return d.in == inResponse && slices.Contains([]int{301, 304, 307, 308}, d.status)
			},
		},
		{
			name: "untyped-header", accuses: oracleKin, right: oracleLib,
			why:     "a schema without type admits any; kin reads no value for it and then misses one.",
			applies: func(d *dispute) bool { return d.untyped && d.keyword == "type" },
		},
		{
			name: "optional-body-untyped", accuses: oracleKin, right: oracleKin,
			why:     "a body without Content-Type is of no declared media type, whether the body is required or not; libopenapi looks no further when it is not.",
			applies: func(d *dispute) bool { return d.in == inRequest && d.part == partMediaType },
		},
	}
}

// known finds the entry of a dispute.
func known(d *dispute) (difference, bool) {
	for _, k := range differences() {
		if k.accuses == d.accuser && k.applies(d) {
			return k, true
		}
	}
	return difference{}, false
}

func isInt64(s string) bool {
	_, err := strconv.ParseInt(s, 10, 64)
	return err == nil
}
