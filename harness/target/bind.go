package target

import (
	"strings"

	"github.com/spf13/pflag"
)

// Bind adds a flag for every setting. Resolve reads them.
func Bind(fs *pflag.FlagSet) {
	for _, f := range Describe() {
		flag := fs.VarPF(&flagValue{field: f}, f.Name, "", f.Usage())
		flag.DefValue = f.Default
		if f.Kind == KindSwitch {
			flag.NoOptDefVal = "true"
		}
	}
}

// flagValue keeps what a flag was given, as text: a setting is read in one place, wherever it comes from. It refuses what cannot be read at once, so that
// the error names the flag.
type flagValue struct {
	field Field
	texts []string
}

func (v *flagValue) Set(s string) error {
	if err := v.field.check(s); err != nil {
		return err
	}
	if v.field.Kind != KindList {
		v.texts = nil
	}
	v.texts = append(v.texts, s)
	return nil
}

// String is the value as it is now; of a secret only that it is set.
func (v *flagValue) String() string {
	switch {
	case len(v.texts) == 0:
		return v.field.Default
	case v.field.Secret:
		return "(set)"
	}
	return strings.Join(v.texts, ",")
}

// Type is the word that stands for the value in --help.
func (v *flagValue) Type() string {
	switch v.field.Kind {
	case KindText:
		return "string"
	case KindList:
		return "strings"
	}
	return string(v.field.Kind)
}
