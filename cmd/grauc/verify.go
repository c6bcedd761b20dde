package main

import (
	"bufio"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"grauc/compile"
)

func verifyFitCommand() *cobra.Command {
	var thorough bool
	cmd := &cobra.Command{
		Use:   "verify-fit REPORT.json [FILE...]",
		Short: "Recheck the certificates of a build's report against the sources",
		Long: `Recheck the certificates of a build's report.json against the sources, by code that
shares nothing with the fitter. The sources are those the report names, looked for
from the current directory, or the files given.`,
		Args: atLeast(1, "the report.json of a build"),
	}
	cmd.Flags().BoolVar(&thorough, "thorough", false, "take seconds for each fit of least maximum error to recheck the bound on its squares, not milliseconds")
	cmd.RunE = body(func(cmd *cobra.Command, d *compile.Driver, args []string) error {
		verdicts, err := d.VerifyFit(args[0], args[1:], thorough)
		if broken := new(compile.MismatchError); errors.As(err, &broken) {
			return faultError{broken}
		}
		if err != nil {
			return err
		}
		w := bufio.NewWriter(cmd.OutOrStdout())
		for _, v := range verdicts {
			printVerdict(w, v)
		}
		return written(w.Flush())
	})
	return cmd
}

func printVerdict(w *bufio.Writer, v compile.Verdict) {
	how := "by proved pieces of the inputs"
	if v.Exhaustive {
		how = "input by input"
	}
	name := strings.TrimSuffix(v.Layer.File, ".grau") + "." + v.Layer.Name
	for i, c := range v.Layer.Channels {
		if len(v.Layer.Channels) > 1 {
			fmt.Fprintf(w, "%s[%d]: ", name, i)
		} else {
			fmt.Fprintf(w, "%s: ", name)
		}
		fmt.Fprintf(w, "%s\n", c.Certificate.Statement())
	}
	fmt.Fprintf(w, "%s: holds; golden recomputed %s\n", name, how)
}
