package main

import (
	"bufio"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"grauc/backend"
	"grauc/backend/targets"
	"grauc/compile"
	"grauc/ir"
)

func buildCommand() *cobra.Command {
	var (
		dir     string
		names   []string
		asJSON  bool
		debug   debugFlags
		timings bool

		thorough bool
	)
	cmd := &cobra.Command{
		Use:   "build FILE...",
		Short: "Compile files and write what the targets make of them",
		Args:  atLeast(1, "a .grau file"),
	}
	flags := cmd.Flags()
	flags.StringVarP(&dir, "output", "o", "out", "directory to write into")
	flags.StringSliceVarP(&names, "target", "t", nil, "targets, separated by commas (default verilog,c,llvm,go)")
	flags.BoolVar(&asJSON, "json", false, "print the report instead of the table")
	flags.BoolVar(&timings, "timings", false, "print on standard error how long each stage took")
	flags.BoolVar(&thorough, "thorough", false, "take seconds for each fit of least maximum error to prove a bound on its squares, not milliseconds")
	part := partFlag(flags)
	debug.register(flags)
	cmd.RunE = body(func(cmd *cobra.Command, d *compile.Driver, args []string) error {
		chosen, err := chooseTargets(names)
		if err != nil {
			return err
		}
		if err := part.apply(d); err != nil {
			return err
		}
		if err := debug.apply(cmd, d); err != nil {
			return err
		}
		d.Thorough = thorough
		if timings {
			observe(cmd, d)
		}
		o, err := produce(cmd, d, args, chosen, dir)
		if err != nil || o == nil {
			return err
		}
		return summarize(cmd, o, dir, asJSON)
	})
	return cmd
}

// produce builds and writes, and shows how far it is until then.
func produce(cmd *cobra.Command, d *compile.Driver, files []string, chosen []backend.Target, dir string) (*compile.Outputs, error) {
	defer showProgress(cmd, d)()
	o, err := d.Build(files, chosen)
	if err != nil || o == nil {
		return nil, err
	}
	return o, d.Write(o, dir)
}

func summarize(cmd *cobra.Command, o *compile.Outputs, dir string, asJSON bool) error {
	w := bufio.NewWriter(cmd.OutOrStdout())
	if asJSON {
		w.Write(o.Report.JSON())
	} else {
		printTable(w, o.Report)
		fmt.Fprintf(w, "wrote %s to %s\n", ir.Plural(len(o.Report.Files)+1, "file"), dir)
	}
	return written(w.Flush())
}

// chooseTargets finds targets by name; none means all of the compiler's own.
func chooseTargets(names []string) ([]backend.Target, error) {
	if len(names) == 0 {
		return targets.BuiltIn, nil
	}
	var chosen []backend.Target
	for _, name := range names {
		t, ok := targets.Find(name)
		if !ok {
			return nil, unknown("target", name, targets.Names())
		}
		if !slices.ContainsFunc(chosen, func(c backend.Target) bool { return c.Name == name }) {
			chosen = append(chosen, t)
		}
	}
	return chosen, nil
}

// atLeast checks the number of operands and says what is missing.
func atLeast(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < n {
			return usagef("%s needs %s\nusage: %s", cmd.CommandPath(), what, cmd.UseLine())
		}
		return nil
	}
}
