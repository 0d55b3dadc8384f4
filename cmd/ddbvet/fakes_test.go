package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// storeSource is a module in which a service looks at an item and deletes it through an interface. Somebody else deletes as
// well, and a test has a fake of the store.
var storeSource = map[string]string{
	"store/store.go": `package store

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

type Job struct {
	ID    string ` + "`dynamodbav:\"id\"`" + `
	State string ` + "`dynamodbav:\"state\"`" + `
}

type Jobs struct {
	DB    *dynamodb.Client
	Table string
}

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}}
}

func (j *Jobs) Get(ctx context.Context, id string) (job Job, err error) {
	out, err := j.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(j.Table), Key: key(id)})
	if err != nil {
		return job, err
	}
	err = attributevalue.UnmarshalMap(out.Item, &job)
	return job, err
}

func (j *Jobs) Delete(ctx context.Context, id string) error {
	_, err := j.DB.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: aws.String(j.Table), Key: key(id)})
	return err
}
`,
	"board/board.go": `package board

import (
	"context"
	"errors"

	"example.com/m/store"
)

type Store interface {
	Get(ctx context.Context, id string) (store.Job, error)
	Delete(context.Context, string) error
}

type Board struct{ Store Store }

func New(s *store.Jobs) *Board { return &Board{Store: s} }

// Withdraw deletes a draft.
func (b *Board) Withdraw(ctx context.Context, id string) error {
	job, err := b.Store.Get(ctx, id)
	if err != nil {
		return err
	}
	if job.State != "draft" {
		return errors.New("not a draft")
	}
	return b.Store.Delete(ctx, id)
}

// Purge deletes whatever it is.
func (b *Board) Purge(ctx context.Context, id string) error { return b.Store.Delete(ctx, id) }
`,
	"notes/notes.go": `package notes

import "context"

// Keeper is nothing that a board is given, though it deletes as well.
type Keeper interface {
	Delete(ctx context.Context, id string) error
	Pin(ctx context.Context, id string) error
}

type Memory map[string]bool

func (m Memory) Delete(_ context.Context, id string) error {
	delete(m, id)
	return nil
}

func (m Memory) Pin(_ context.Context, id string) error {
	m[id] = true
	return nil
}

var _ Keeper = Memory{}

type Note struct{ Text string }

// Reader is a store of notes, of which a test has a fake with the methods of a store of jobs.
type Reader interface {
	Get(ctx context.Context, id string) (Note, error)
	Delete(ctx context.Context, id string) error
}
`,
	"notes/notes_test.go": `package notes

import "context"

type fake map[string]Note

func (f fake) Get(_ context.Context, id string) (Note, error) { return f[id], nil }

func (f fake) Delete(_ context.Context, id string) error {
	delete(f, id)
	return nil
}

var _ Reader = fake{}
`,
	"board/board_test.go": `package board

import (
	"context"
	"testing"

	"example.com/m/store"
)

type fake map[string]store.Job

func (f fake) Get(_ context.Context, id string) (store.Job, error) { return f[id], nil }

func (f fake) Delete(_ context.Context, id string) error {
	delete(f, id)
	return nil
}

func TestWithdraw(t *testing.T) {
	f := fake{"1": {ID: "1", State: "draft"}}
	if err := (&Board{Store: f}).Withdraw(context.Background(), "1"); err != nil || len(f) != 0 {
		t.Error(err, f)
	}
}

type board   = Board
`,
}

// TestFixThroughInterface: a fix that an interface has to take part in takes its fakes along, so that tests build and pass.
func TestFixThroughInterface(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the go command")
	}
	bin := filepath.Join(t.TempDir(), "ddbvet")
	if out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	dir := moduleOf(t)
	for name, text := range storeSource {
		put(t, filepath.Join(dir, filepath.FromSlash(name)), []byte(text))
	}
	if out := run(t, dir, 1, bin, "./..."); !strings.Contains(out, "checkthenact") {
		t.Fatalf("nothing is found:\n%s", out)
	}
	run(t, dir, 0, bin, "-fix", "-fix-dirty", "-fixes=all", "./...")
	for file, want := range map[string]string{
		"store/store.go":      `ConditionExpression:      aws.String("attribute_not_exists(#state) OR #state = :stateRead")`,
		"board/board.go":      "DeleteIfState(context.Context, string, string) error",
		"board/board_test.go": "func (f fake) DeleteIfState(a0 context.Context, id string, _ string) error {\n\treturn f.Delete(a0, id)\n}\n\nfunc TestWithdraw",
		"notes/notes.go":      storeSource["notes/notes.go"], // of another kind
		"notes/notes_test.go": storeSource["notes/notes_test.go"],
	} {
		if got := string(read(t, filepath.Join(dir, filepath.FromSlash(file)))); !strings.Contains(got, want) {
			t.Errorf("%s lacks %q:\n%s", file, want, got)
		}
	}
	if got := string(read(t, filepath.Join(dir, "board", "board_test.go"))); !strings.Contains(got, "type board   = Board\n") {
		t.Errorf("what gofmt has not seen is formatted where nothing is fixed:\n%s", got)
	}
	run(t, dir, 0, "go", "test", "./...")
	run(t, dir, 0, bin, "./...")
}
