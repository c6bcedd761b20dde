package main

import (
	"fmt"
	"runtime/debug"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"grauc/backend/targets"
	"grauc/lang/diag"
	"grauc/passes"
)

func passesCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "passes",
		Short: "List the passes in the order they run",
		Args:  none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			t := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			fmt.Fprintln(t, "PASS\tFROM\tTO\tREQUIRED\tWHAT IT DOES")
			for _, p := range passes.Table {
				fmt.Fprintf(t, "%s\t%v\t%v\t%s\t%s\n", p.Name, p.From, p.To, yes(p.Required), p.Doc)
			}
			return written(t.Flush())
		},
	}
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func targetsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "targets",
		Short: "List the targets, and those that programs grauc-gen-NAME on PATH add",
		Args:  none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			t := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			for _, target := range targets.All() {
				fmt.Fprintf(t, "%s\t%s\n", target.Name, target.Doc)
			}
			return written(t.Flush())
		},
	}
}

func explainCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "explain CODE",
		Short: "Explain the code of a diagnostic",
		Args:  atLeast(1, "the code of a diagnostic, such as unknown-name"),
		RunE: func(cmd *cobra.Command, args []string) error {
			code, ok := diag.Explain(args[0])
			if !ok {
				return unknown("diagnostic code", args[0], codeNames())
			}
			_, err := fmt.Fprintln(cmd.OutOrStdout(), wrap(code.Text, 80))
			return written(err)
		},
	}
}

func codeNames() []string {
	var names []string
	for _, c := range diag.Codes() {
		names = append(names, c.Name)
	}
	return names
}

// wrap breaks text into lines of at most width characters.
func wrap(text string, width int) string {
	var b strings.Builder
	column := 0
	for _, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case column == 0:
		case column+1+n > width:
			b.WriteByte('\n')
			column = 0
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += n
	}
	return b.String()
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(cmd.OutOrStdout(), "grauc", version())
			return written(err)
		},
	}
}

// version is what the build recorded of it.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	return info.Main.Version + " " + info.GoVersion
}

func none(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usagef("%s takes no operands", cmd.CommandPath())
	}
	return nil
}
