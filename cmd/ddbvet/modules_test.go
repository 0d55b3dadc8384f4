package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ddbvet/ddbvet/passes/finding"
)

// The service of TestModules: its handlers share one use case, which has its port from a module beside it.
const (
	shared = `// Package store keeps carts.
package store

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

type Cart struct {
	ID    string
	Lines []string
}

// Carts is the port.
type Carts interface {
	Load(ctx context.Context, id string) (*Cart, error)
	Save(ctx context.Context, c *Cart) error
}

// Table implements it.
type Table struct{ DB *dynamodb.Client }

func (t Table) Load(ctx context.Context, id string) (*Cart, error) {
	out, err := t.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String("carts"),
		Key: map[string]types.AttributeValue{"ID": &types.AttributeValueMemberS{Value: id}}})
	if err != nil {
		return nil, err
	}
	c := &Cart{ID: id}
	return c, attributevalue.UnmarshalMap(out.Item, c)
}

func (t Table) Save(ctx context.Context, c *Cart) error {
	item, err := attributevalue.MarshalMap(c)
	if err != nil {
		return err
	}
	_, err = t.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String("carts"), Item: item})
	return err
}

// Clear empties a cart: the bug that lies in the shared module itself.
func (t Table) Clear(ctx context.Context, id string) error {
	c, err := t.Load(ctx, id)
	if err != nil {
		return err
	}
	c.Lines = c.Lines[:0]
	return t.Save(ctx, c)
}
`
	useCase = `// Package cart adds lines to carts.
package cart

import (
	"context"

	"example.com/shared/store"
)

type Adder struct{ carts store.Carts }

func New(c store.Carts) *Adder { return &Adder{carts: c} }

func (a *Adder) Add(ctx context.Context, id, line string) error {
	c, err := a.carts.Load(ctx, id)
	if err != nil {
		return err
	}
	c.Lines = append(c.Lines, line)
	return a.carts.Save(ctx, c)
}
`
	handler = `package main

import (
	"context"
	"os"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"example.com/service/cart"
	"example.com/shared/store"
)

func main() {
	adder := cart.New(store.Table{DB: dynamodb.New(dynamodb.Options{})})
	if err := adder.Add(context.Background(), os.Args[1], "line %d"); err != nil {
		os.Exit(1)
	}
}
`
)

// mains is how many Lambda functions the service has.
const mains = 20

// layModules lays out a service with many main packages and the module it shares code with, and returns the folder
// of both.
func layModules(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	write := func(name, text string) {
		file := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	giftcard := func(name string) string {
		data, err := os.ReadFile(filepath.Join("..", "..", "testdata", "giftcard", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	_, requirements, _ := strings.Cut(giftcard("go.mod"), "\n")
	write("shared/go.mod", "module example.com/shared\n"+requirements)
	write("shared/go.sum", giftcard("go.sum"))
	write("shared/store/store.go", shared)
	write("service/go.mod", "module example.com/service\n"+requirements+
		"\nrequire example.com/shared v0.0.0\n\nreplace example.com/shared => ../shared\n")
	write("service/go.sum", giftcard("go.sum"))
	write("service/cart/cart.go", useCase)
	for i := range mains {
		write(fmt.Sprintf("service/cmd/fn%d/main.go", i), fmt.Sprintf(handler, i))
	}
	return root
}

// TestModules runs the command on a repository of two modules: one finding for what twenty functions share, the same
// findings with a workspace, and in go vet the same finding, once for each program that wires it.
func TestModules(t *testing.T) {
	bin := buildDdbvet(t)
	root := layModules(t)
	service := filepath.Join(root, "service")

	alone := found(t, service, bin, "./...")
	if want := []string{"cart/cart.go:20 (*cart.Adder).Add"}; !slices.Equal(alone, want) {
		t.Errorf("the service alone: %q, want %q", alone, want)
	}
	both := found(t, service, bin, "./...", "../shared/...")
	if want := []string{"../shared/store/store.go:53 (store.Table).Clear", "cart/cart.go:20 (*cart.Adder).Add"}; !slices.Equal(both, want) {
		t.Errorf("both modules: %q, want %q", both, want)
	}

	vet := run(t, service, 1, "go", "vet", "-vettool="+bin, "./...")
	if n := strings.Count(vet, "(*cart.Adder).Add (cart.go:14): lost update"); n != mains {
		t.Errorf("go vet reports the shared use case %d times, want once for each of %d programs:\n%s", n, mains, vet)
	}

	work := "go 1.26.0\n\nuse (\n\t./service\n\t./shared\n)\n"
	if err := os.WriteFile(filepath.Join(root, "go.work"), []byte(work), 0o666); err != nil {
		t.Fatal(err)
	}
	joined := found(t, root, bin, "./service/...", "./shared/...")
	if want := []string{"service/cart/cart.go:20 (*cart.Adder).Add", "shared/store/store.go:53 (store.Table).Clear"}; !slices.Equal(joined, want) {
		t.Errorf("the workspace: %q, want %q", joined, want)
	}
}

// found gives the findings of the gate: file, line and function.
func found(t *testing.T, dir, bin string, patterns ...string) []string {
	t.Helper()
	var doc struct{ Findings []finding.Finding }
	text := run(t, dir, 1, bin, append([]string{"-json"}, patterns...)...)
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	var out []string
	for _, f := range doc.Findings {
		out = append(out, fmt.Sprintf("%s:%d %s", f.Pos.File, f.Pos.Line, f.Function.Name))
	}
	return out
}
