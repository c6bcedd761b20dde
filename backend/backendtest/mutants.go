package backendtest

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Fault is a way to put a fault into a line of a Verilog module.
type Fault struct {
	What string
	At   *regexp.Regexp
	To   func(groups []string) string // in place of what At matches; ${1} is its first group
}

// Swap puts one text in place of another.
func Swap(what, at, to string) Fault {
	return Fault{what, regexp.MustCompile(at), func([]string) string { return to }}
}

// Faults are those of what a module computes.
var Faults = []Fault{
	Swap("not >=", ` >= `, " > "),
	Swap("not <", ` < `, " <= "),
	Swap("not ==", ` == `, " != "),
	Swap("not +", ` \+ `, " - "),
	Swap("not ^", ` \^ `, " | "),
	Swap("not &", ` & `, " | "),
	Swap("unsigned", `wire signed `, "wire "),
	{"a constant more by one", regexp.MustCompile(`'s?d(\d+);`), func(g []string) string {
		v, _ := strconv.Atoi(g[1])
		return strings.Replace(g[0], g[1], fmt.Sprint(v+1), 1)
	}},
	{"a shift by one less", regexp.MustCompile(`\[(\d+):(\d+)\];`), func(g []string) string {
		high, _ := strconv.Atoi(g[1])
		low, _ := strconv.Atoi(g[2])
		if low == 0 {
			return g[0]
		}
		return fmt.Sprintf("[%d:%d];", high-1, low-1)
	}},
	{"not extended by the sign", regexp.MustCompile(`\{\{(\d+)\{[^}]*\}\}, `), func(g []string) string {
		return fmt.Sprintf("{%s'd0, ", g[1])
	}},
	{"an arm for the other", regexp.MustCompile(` \? (\w+) : (\w+);`), func(g []string) string {
		return fmt.Sprintf(" ? %s : %s;", g[2], g[1])
	}},
}

// Mutants are the module with one fault each, by the line and the fault. Comments, and
// bits that nothing depends on, are left alone.
func Mutants(module string, faults []Fault) map[string]string {
	found := map[string]string{}
	lines := strings.Split(module, "\n")
	for i, l := range lines {
		if strings.HasPrefix(strings.TrimSpace(l), "//") || strings.Contains(l, "_unused") {
			continue
		}
		for _, f := range faults {
			faulty := f.At.ReplaceAllStringFunc(l, func(s string) string {
				return f.At.ReplaceAllString(s, f.To(f.At.FindStringSubmatch(s)))
			})
			if faulty == l {
				continue
			}
			lines[i] = faulty
			found[fmt.Sprintf("%s: line %d: %s", f.What, i+1, strings.TrimSpace(l))] = strings.Join(lines, "\n")
			lines[i] = l
		}
	}
	return found
}

var output = regexp.MustCompile(`assign y = ([^;]*);`)

// Inverted are the module with one bit of its output inverted each.
func Inverted(module string, width int) map[string]string {
	found := map[string]string{}
	for bit := range width {
		found[fmt.Sprintf("output bit %d inverted", bit)] = output.ReplaceAllString(module, fmt.Sprintf("assign y = ($1) ^ %d'd%d;", width, 1<<bit))
	}
	return found
}
