package main

import (
	"strings"

	"github.com/spf13/pflag"
)

// operandsLast moves all operands behind a "--", in their order, so that negative
// numbers among them are not taken for flags.
func operandsLast(flags *pflag.FlagSet, args []string) []string {
	var options, operands []string
	for i := 0; i < len(args); i++ {
		a := args[i]
		switch {
		case a == "--":
			operands = append(operands, args[i+1:]...)
			i = len(args)
		case !strings.HasPrefix(a, "-") || a == "-" || negativeNumber(a):
			operands = append(operands, a)
		default:
			options = append(options, a)
			if takesNext(flags, a) && i+1 < len(args) {
				i++
				options = append(options, args[i])
			}
		}
	}
	return append(append(options, "--"), operands...)
}

func negativeNumber(a string) bool {
	return len(a) > 1 && a[0] == '-' && a[1] >= '0' && a[1] <= '9'
}

// takesNext reports whether the next argument is the value of the option a.
func takesNext(flags *pflag.FlagSet, a string) bool {
	name, long := strings.CutPrefix(a, "--")
	if long {
		f := flags.Lookup(name) // a name with "=" in it is not found
		return f != nil && f.NoOptDefVal == ""
	}
	last := flags.ShorthandLookup(a[len(a)-1:])
	return len(a) == 2 && last != nil && last.NoOptDefVal == ""
}
