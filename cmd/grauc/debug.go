package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"grauc/compile"
	"grauc/passes"
)

// debugFlags look into the passes.
type debugFlags struct {
	printAfter []string
	stopAfter  string
	verifyEach bool
	reevaluate bool
}

func (f *debugFlags) register(flags *pflag.FlagSet) {
	flags.StringSliceVar(&f.printAfter, "print-after", nil, "print the program on standard error after these passes, or after all")
	flags.StringVar(&f.stopAfter, "stop-after", "", "run no pass after this one, and write nothing")
	flags.BoolVar(&f.verifyEach, "verify-each", false, "verify the program after every pass")
	flags.BoolVar(&f.reevaluate, "reevaluate", false, "compare sampled outputs before and after every pass")
}

// apply puts the flags into the driver's options.
func (f *debugFlags) apply(cmd *cobra.Command, d *compile.Driver) error {
	names := passNames()
	known := map[string]bool{"": true}
	for _, n := range names {
		known[n] = true
	}
	if !known[f.stopAfter] {
		return unknown("pass", f.stopAfter, names)
	}
	d.Passes.StopAfter = f.stopAfter
	d.Passes.VerifyEach = f.verifyEach
	d.Passes.Reevaluate = f.reevaluate
	d.Passes.Print = cmd.ErrOrStderr()
	d.Passes.PrintAfter = map[string]bool{}
	for _, p := range f.printAfter {
		switch {
		case p == "all":
			for _, n := range names {
				d.Passes.PrintAfter[n] = true
			}
		case p == "" || !known[p]:
			return unknown("pass", p, append(names, "all"))
		default:
			d.Passes.PrintAfter[p] = true
		}
	}
	return nil
}

func passNames() []string {
	var names []string
	for _, p := range passes.Table {
		names = append(names, p.Name)
	}
	return names
}

// observe prints how long the stages took.
func observe(cmd *cobra.Command, d *compile.Driver) {
	d.Observe = func(stage string, took time.Duration) {
		fmt.Fprintf(cmd.ErrOrStderr(), "%-24s %10.3f ms\n", stage, float64(took)/float64(time.Millisecond))
	}
}
