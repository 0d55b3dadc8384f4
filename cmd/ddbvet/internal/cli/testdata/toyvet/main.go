// Command toyvet is the real command on the toy analysis; the tests build and run it.
package main

import (
	"os"

	"github.com/ddbvet/ddbvet/cmd/ddbvet/internal/cli"
	"github.com/ddbvet/ddbvet/cmd/ddbvet/internal/toy"
)

func main() {
	os.Exit(cli.Main(toy.Suite, os.Args[1:]))
}
