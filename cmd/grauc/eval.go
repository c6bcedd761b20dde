package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"grauc/compile"
	"grauc/ir"
)

func evalCommand() *cobra.Command {
	var (
		channel int
		level   string
	)
	cmd := &cobra.Command{
		Use:   "eval FILE LAYER [X...]",
		Short: "Evaluate a layer: input codes in, output codes out, a line each",
		Long: `Evaluate a layer: input codes in, output codes out, a line each. The codes come
from standard input where none is given. Levels spec and steps give the golden
function, pwl and datapath what is built.`,
		DisableFlagParsing: true, // see operandsLast
	}
	flags := cmd.Flags()
	flags.IntVar(&channel, "channel", 0, "channel of a layer that has several")
	flags.StringVar(&level, "level", "pwl", strings.Join(ir.Levels(), ", "))
	part := partFlag(flags)
	cmd.RunE = body(func(cmd *cobra.Command, d *compile.Driver, args []string) error {
		if err := flags.Parse(operandsLast(flags, args)); err != nil {
			return flagFault(err)
		}
		if help, _ := flags.GetBool("help"); help {
			return cmd.Help()
		}
		args = flags.Args()
		if err := atLeast(2, "a .grau file and the name of a layer")(cmd, args); err != nil {
			return err
		}
		if err := part.apply(d); err != nil {
			return err
		}
		at, ok := ir.ParseLevel(level)
		if !ok {
			return unknown("level", level, ir.Levels())
		}
		return evaluate(cmd, d, args, channel, at)
	})
	return cmd
}

func evaluate(cmd *cobra.Command, d *compile.Driver, args []string, channel int, level ir.Level) error {
	modules, err := d.Load(args[:1])
	if err != nil {
		return err
	}
	m := modules[0]
	layer := m.Layer(args[1])
	if layer == nil {
		return unknown("layer", args[1], layerNames(modules))
	}
	if channel < 0 || channel >= layer.ChannelCount() {
		return usagef("layer %s has no channel %d: it has %d, counted from 0", layer.Name, channel, layer.ChannelCount())
	}
	inputs, err := parseCodes(args[2:], layer.Input.Integer)
	if err != nil {
		return usageError{err}
	}
	f, err := d.Evaluator(m, layer, channel, level)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(cmd.OutOrStdout())
	if len(inputs) > 0 {
		return errors.Join(evaluateAll(out, f, inputs), written(out.Flush()))
	}
	return errors.Join(evaluateLines(out, cmd.InOrStdin(), f, layer.Input.Integer), written(out.Flush()))
}

func evaluateAll(out io.Writer, f compile.Evaluator, inputs []int64) error {
	for _, x := range inputs {
		y, err := f(x)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintln(out, y); err != nil {
			return written(err)
		}
	}
	return nil
}

// evaluateLines answers as soon as no more input is at hand, so that a program
// can ask and wait.
func evaluateLines(out *bufio.Writer, stdin io.Reader, f compile.Evaluator, format ir.Integer) error {
	in := bufio.NewReader(stdin)
	for number := 1; ; number++ {
		line, err := in.ReadString('\n')
		if err != nil && err != io.EOF {
			return faultError{err}
		}
		inputs, wrong := parseCodes(strings.Fields(line), format)
		if wrong != nil {
			return faultError{fmt.Errorf("standard input, line %d: %w", number, wrong)}
		}
		if err := evaluateAll(out, f, inputs); err != nil {
			return err
		}
		if err == io.EOF {
			return nil
		}
		if in.Buffered() == 0 {
			if err := out.Flush(); err != nil {
				return written(err)
			}
		}
	}
}

func parseCodes(words []string, format ir.Integer) ([]int64, error) {
	var codes []int64
	for _, w := range words {
		x, err := strconv.ParseInt(w, 10, 64)
		if err != nil && !errors.Is(err, strconv.ErrRange) {
			return nil, fmt.Errorf("%q is not an integer: X is a code of the input format", w)
		}
		if err != nil || !format.Contains(x) {
			return nil, fmt.Errorf("%s is no code of the input format %v: those are %d to %d", w, format, format.Min(), format.Max())
		}
		codes = append(codes, x)
	}
	return codes, nil
}
