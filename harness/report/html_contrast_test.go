package report_test

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Text of the page has a contrast of 4.5 to 1 with what is behind it, and what is no text but tells something one of 3 to 1 (WCAG 2.2, 1.4.3 and 1.4.11, level AA), in
// light and in dark.
func TestContrast(t *testing.T) {
	css, err := os.ReadFile("html/page.css")
	if err != nil {
		t.Fatal(err)
	}
	light, rest, found := strings.Cut(string(css), "@media screen and (prefers-color-scheme: dark)")
	dark, _, ended := strings.Cut(rest, "* { box-sizing")
	if !found || !ended {
		t.Fatal("the colours are no longer where this test looks for them")
	}
	light, _, _ = strings.Cut(light, "* {")
	text := map[string][]string{
		"ground": {"ink", "faint", "link", "pass-ink", "fail-ink", "warn-ink"}, "panel": {"ink", "faint", "link"}, "pass": {"pass-ink"}, "fail": {"fail-ink"}, "warn": {"warn-ink"}, "na": {"na-ink"},
		"busy": {"busy-ink"}, "mark": {"mark-ink"},
	}
	signs := map[string][]string{"ground": {"edge", "focus", "pass-ink", "fail-ink", "warn-ink", "na-ink", "busy-ink"}, "panel": {"edge", "focus"}}
	for scheme, block := range map[string]string{"light": light, "dark": dark} {
		colours := map[string]string{}
		for _, m := range regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{6});`).FindAllStringSubmatch(block, -1) {
			colours[m[1]] = m[2]
		}
		check := func(pairs map[string][]string, least float64) {
			for back, fronts := range pairs {
				for _, front := range fronts {
					if colours[front] == "" || colours[back] == "" {
						t.Errorf("%s: there is no colour %s or %s", scheme, front, back)
						continue
					}
					if got := contrast(t, colours[front], colours[back]); got < least {
						t.Errorf("%s: %s on %s has a contrast of %.2f, want %.1f", scheme, front, back, got, least)
					}
				}
			}
		}
		check(text, 4.5)
		check(signs, 3)
	}
}

// contrast is the ratio of WCAG 2.2 for two colours, each as six hexadecimal digits.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	luminance := func(colour string) float64 {
		n, err := strconv.ParseUint(colour, 16, 32)
		if err != nil {
			t.Fatal(err)
		}
		channel := func(shift uint) float64 {
			c := float64(n>>shift&0xff) / 255
			if c <= 0.04045 {
				return c / 12.92
			}
			return math.Pow((c+0.055)/1.055, 2.4)
		}
		return 0.2126*channel(16) + 0.7152*channel(8) + 0.0722*channel(0)
	}
	x, y := luminance(a)+0.05, luminance(b)+0.05
	return max(x, y) / min(x, y)
}

func TestContrastIsThatOfTheStandard(t *testing.T) {
	for _, k := range []struct {
		a, b string
		want float64
	}{{"000000", "ffffff", 21}, {"777777", "ffffff", 4.48}, {"ffffff", "ffffff", 1}} {
		if got := contrast(t, k.a, k.b); math.Abs(got-k.want) > 0.01 {
			t.Errorf("%s on %s: %.2f, want %.2f", k.a, k.b, got, k.want)
		}
	}
}
