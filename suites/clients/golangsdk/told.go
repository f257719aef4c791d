package main

import (
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/url"
	"reflect"
	"strings"
	"time"

	"github.com/chnsz/golangsdk"
)

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

// told says an error of the SDK in the words of the protocol. The SDK does not decode the body of a refusal, so no code is told.
func told(err error) object {
	var (
		cannot  unsupported
		missing golangsdk.ErrMissingInput
		invalid golangsdk.ErrInvalidInput
		sending *url.Error
		network net.Error
	)
	kind := "other"
	switch {
	case errors.As(err, &cannot):
		kind = "unsupported"
	case status(err) != 0:
		return object{"kind": "api", "status": status(err), "message": err.Error()}
	case errors.As(err, &missing), errors.As(err, &invalid), errors.As(err, &sending) && sending.Op == "parse":
		kind = "validation"
	case errors.As(err, &network) && network.Timeout():
		kind = "timeout"
	case errors.As(err, &network):
		kind = "network"
	case unreadable(err):
		kind = "decode"
	// The waiter's errors have no type of their own; its user tells them by these words.
	case strings.HasPrefix(err.Error(), "Job failed"):
		kind = "job"
	case err.Error() == "A timeout occurred":
		kind = "timeout"
	}
	return object{"kind": kind, "message": err.Error()}
}

// status is the HTTP status of a refusal, 0 of any other error. There is a type for each of a dozen statuses, and all have this field.
func status(err error) int {
	if v := reflect.Indirect(reflect.ValueOf(err)); v.Kind() == reflect.Struct {
		if actual := v.FieldByName("Actual"); actual.IsValid() && actual.CanInt() {
			return int(actual.Int())
		}
	}
	return 0
}

// unreadable says whether an answer could not be decoded. One that was cut off by a broken connection cannot be told from one that is not whole JSON.
func unreadable(err error) bool {
	var (
		syntax *json.SyntaxError
		kind   *json.UnmarshalTypeError
		date   *time.ParseError
	)
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &syntax) || errors.As(err, &kind) || errors.As(err, &date)
}
