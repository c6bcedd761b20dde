package main

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"grauc/compile"
	"grauc/ir"
	"grauc/passes/advise"
)

func adviseCommand() *cobra.Command {
	var layer string
	cmd := &cobra.Command{
		Use:   "advise FILE...",
		Short: "List what would make layers more accurate, and by how much",
		Args:  atLeast(1, "a .grau file"),
	}
	cmd.Flags().StringVar(&layer, "layer", "", "only the layer of this name")
	part := partFlag(cmd.Flags())
	cmd.RunE = body(func(cmd *cobra.Command, d *compile.Driver, args []string) error {
		if err := part.apply(d); err != nil {
			return err
		}
		return adviseFiles(cmd, d, args, layer)
	})
	return cmd
}

func adviseFiles(cmd *cobra.Command, d *compile.Driver, files []string, layer string) error {
	modules, err := d.Load(files)
	if err != nil {
		return err
	}
	if err := knownLayer(modules, layer); err != nil {
		return err
	}
	w := bufio.NewWriter(cmd.OutOrStdout())
	for _, m := range modules {
		for _, l := range m.Layers {
			if layer != "" && layer != l.Name {
				continue
			}
			a, err := d.Advise(m, l)
			if err != nil {
				return err
			}
			printAdvice(w, m.Name+"."+l.Name, a)
		}
	}
	return written(w.Flush())
}

func printAdvice(w io.Writer, name string, a *compile.Advice) {
	if a == nil {
		fmt.Fprintf(w, "%s: exact, no segments\n\n", name)
		return
	}
	fmt.Fprint(w, name)
	if n := len(a.Layer.Channels); n > 1 {
		fmt.Fprintf(w, ", channel %d, the farthest off of %d", a.Channel, n)
	}
	fmt.Fprintln(w)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	if a.Layer.Options.Fit == ir.RMSE {
		fmt.Fprint(t, "  CHANGE\tRMSE\tMAX ERROR\n")
	} else {
		fmt.Fprintf(t, "  CHANGE\tMAX ERROR\tSEGMENTS FOR %d\n", a.MaxError)
	}
	for _, alt := range a.Alternatives {
		if a.Layer.Options.Fit == ir.RMSE {
			fmt.Fprintf(t, "  %s\t%.3f\t%d\n", alt.Change, alt.RMSE, alt.MaxError)
			continue
		}
		segments := "none do"
		switch {
		case alt.Segments == advise.Unknown:
			segments = "-"
		case alt.Segments > 0:
			segments = strconv.Itoa(alt.Segments)
		}
		fmt.Fprintf(t, "  %s\t%d\t%s\n", alt.Change, alt.MaxError, segments)
	}
	t.Flush()
	fmt.Fprintln(w)
}
