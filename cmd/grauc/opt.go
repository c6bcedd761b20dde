package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"grauc/compile"
	"grauc/ir"
	"grauc/passes"
)

func optCommand() *cobra.Command {
	var (
		names []string
		to    string
		debug debugFlags
	)
	cmd := &cobra.Command{
		Use:   "opt [FILE]",
		Short: "Run passes on a program of any level and print the result",
		Long: `Run passes on a program of any level and print the result. FILE is a .grau file or
the text of a level, which this command and --print-after print; standard input
when it is left out or "-".`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usagef("%s takes one file", cmd.CommandPath())
			}
			return nil
		},
	}
	flags := cmd.Flags()
	flags.StringSliceVar(&names, "passes", nil, "run these passes, in this order")
	flags.StringVar(&to, "to", "", "run the passes that lead to this level: "+strings.Join(ir.Levels(), ", "))
	part := partFlag(flags)
	debug.register(flags)
	cmd.RunE = body(func(cmd *cobra.Command, d *compile.Driver, args []string) error {
		if err := part.apply(d); err != nil {
			return err
		}
		if err := debug.apply(cmd, d); err != nil {
			return err
		}
		return optimize(cmd, d, args, names, to)
	})
	return cmd
}

func optimize(cmd *cobra.Command, d *compile.Driver, args, names []string, to string) error {
	level, ok := ir.ParseLevel(to)
	switch {
	case to != "" && !ok:
		return unknown("level", to, ir.Levels())
	case to != "" && len(names) > 0:
		return usagef("--passes and --to exclude each other")
	}
	for _, n := range names {
		if _, ok := passes.Find(n); !ok {
			return unknown("pass", n, passNames())
		}
	}
	p, err := readProgram(cmd, d, args)
	if err != nil {
		return err
	}
	if ok && level < p.Level {
		return usagef("cannot go from %v up to %v", p.Level, level)
	}
	switch {
	case len(names) > 0:
		err = d.Apply(p, names)
	case ok:
		err = d.Advance(p, level)
	}
	if errors.As(err, new(*passes.LevelError)) {
		return usageError{err}
	}
	if err != nil {
		return err
	}
	_, err = io.WriteString(cmd.OutOrStdout(), p.Text())
	return written(err)
}

// readProgram reads a .grau file or a text of a level.
func readProgram(cmd *cobra.Command, d *compile.Driver, args []string) (*passes.Program, error) {
	name := "-"
	if len(args) == 1 {
		name = args[0]
	}
	if strings.HasSuffix(name, ".grau") {
		modules, err := d.Load([]string{name})
		if err != nil {
			return nil, err
		}
		return &passes.Program{Level: ir.LevelSpec, Spec: modules[0]}, nil
	}
	text, err := readText(cmd, name)
	if err != nil {
		return nil, faultError{fmt.Errorf("cannot read %s: %w", name, err)}
	}
	if name == "-" {
		name = "standard input"
	}
	return d.Parse(name, string(text))
}

// maxText bounds the text of a level, in bytes.
const maxText = 256 << 20

func readText(cmd *cobra.Command, name string) ([]byte, error) {
	in := cmd.InOrStdin()
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	data, err := io.ReadAll(io.LimitReader(in, maxText+1))
	if err == nil && len(data) > maxText {
		err = fmt.Errorf("it is larger than %d MiB", maxText>>20)
	}
	return data, err
}
