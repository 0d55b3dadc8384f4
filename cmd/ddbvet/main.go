// Command ddbvet finds integrity bugs in Go code that uses DynamoDB. It is a gate (ddbvet ./...) and a
// vettool (go vet -vettool=$(which ddbvet) ./...) in one.
package main

import (
	"os"

	"github.com/ddbvet/ddbvet/cmd/ddbvet/internal/cli"
)

func main() {
	os.Exit(cli.Main(builtin, os.Args[1:]))
}
