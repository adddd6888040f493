package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ltskit/ltskit/lts"
)

func newHashPassword() *cobra.Command {
	return &cobra.Command{
		Use:   "hash-password",
		Short: "Print the hash of a password, for the directory of the server",
		Long: "Read a password from standard input, up to the first line break, and print its bcrypt hash: the\n" +
			"password_hash of a user in the directory of lts serve.",
		Example: "  lts hash-password < password.txt",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return hashPassword(cmd.InOrStdin(), cmd.OutOrStdout())
		},
	}
}

// maxPassword is how many bytes of a password bcrypt looks at.
const maxPassword = 72

func hashPassword(in io.Reader, out io.Writer) error {
	data, err := io.ReadAll(io.LimitReader(in, 1<<10))
	if err != nil {
		return err
	}
	password, _, _ := strings.Cut(string(data), "\n")
	password = strings.TrimSuffix(password, "\r")
	switch {
	case password == "":
		return errors.New("the password on standard input is empty")
	case len(password) > maxPassword:
		return fmt.Errorf("the password must have at most %d bytes", maxPassword)
	}
	hash, err := lts.HashPassword(password)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s\n", hash)
	return err
}
