package target

import (
	"fmt"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// value is what a setting was given as, and where.
type value struct {
	texts  []string // several for a list only
	origin string   // "--token", "$CONFORMANCE_TOKEN", "huawei.yaml:3"
	folder string   // that a relative path is relative to; "" for the working folder
}

// check says what is wrong with the text of a setting.
func (f Field) check(text string) error {
	switch f.Kind {
	case KindSwitch:
		if _, err := strconv.ParseBool(text); err != nil {
			return fmt.Errorf("wanted true or false, got %q", text)
		}
	case KindDuration:
		d, err := time.ParseDuration(text)
		if err != nil {
			return fmt.Errorf("wanted a duration with its unit such as 300ms, 90s or 10m, got %q", text)
		}
		if d < 0 || (d == 0 && f.Only != "embedded") {
			return fmt.Errorf("wanted a duration above zero, got %q", text)
		}
	}
	return nil
}

// set writes a value into its field of c. It has been checked.
func (f Field) set(c *Config, v value) {
	field := reflect.ValueOf(c).Elem().Field(f.index)
	text := strings.Join(v.texts, ",")
	switch f.Kind {
	case KindText:
		field.SetString(text)
	case KindPath:
		field.SetString(v.path(text))
	case KindSwitch:
		on, _ := strconv.ParseBool(text) // checked
		field.SetBool(on)
	case KindDuration:
		d, _ := time.ParseDuration(text) // checked
		field.SetInt(int64(d))
	case KindList:
		var list []string
		for item := range strings.SplitSeq(text, ",") {
			if item = strings.TrimSpace(item); item != "" {
				list = append(list, item)
			}
		}
		field.Set(reflect.ValueOf(list))
	}
}

func (v value) path(text string) string {
	if text == "" || v.folder == "" || filepath.IsAbs(text) {
		return text
	}
	return filepath.Join(v.folder, text)
}

// text is the value of a setting as one would write it.
func (f Field) text(c *Config) string {
	switch v := reflect.ValueOf(c).Elem().Field(f.index).Interface().(type) {
	case []string:
		return strings.Join(v, ",")
	case bool:
		return strconv.FormatBool(v)
	case time.Duration:
		return v.String()
	case string:
		return v
	default:
		panic(fmt.Sprintf("target: no text for a %T", v))
	}
}
