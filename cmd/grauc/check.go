package main

import (
	"github.com/spf13/cobra"

	"grauc/compile"
	"grauc/lang/diag"
)

func checkCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "check FILE...",
		Short: "Check files without compiling them",
		Args:  atLeast(1, "a .grau file"),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the diagnostics as JSON on standard output")
	cmd.RunE = body(func(cmd *cobra.Command, d *compile.Driver, args []string) error {
		_, err := d.Load(args)
		if !asJSON {
			return err
		}
		if err := diag.JSON(cmd.OutOrStdout(), d.Diagnostics); err != nil {
			return written(err)
		}
		d.Diagnostics = nil
		return err
	})
	return cmd
}
