package proof

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// invariant gives an error if what the clients left is wrong.
type invariant func(*after) error

// after is what the clients left.
type after struct {
	ctx   context.Context
	db    *dynamodb.Client
	trial *trial
	done  []string // the clients that returned nil
	fault error    // why the invariant could not be looked at
}

func (a *after) fail(err error) {
	if a.fault == nil {
		a.fault = err
	}
}

// did reports whether a client returned nil.
func (a *after) did(who string) bool { return slices.Contains(a.done, who) }

// notes are what the clients noted.
func (a *after) notes() []note { return a.trial.diary.notes }

// item reads an item, nil when there is none.
func (a *after) item(table string, key row) row {
	k, err := attributevalue.MarshalMap(key)
	if err != nil {
		a.fail(err)
		return nil
	}
	out, err := a.db.GetItem(a.ctx, &dynamodb.GetItemInput{TableName: &table, Key: k})
	if err != nil {
		a.fail(err)
		return nil
	}
	if out.Item == nil {
		return nil
	}
	found := row{}
	if err := attributevalue.UnmarshalMap(out.Item, &found); err != nil {
		a.fail(err)
	}
	return found
}

// rows reads a table: those rows for which keep holds.
func (a *after) rows(table string, keep func(row) bool) []row {
	var all []row
	for pages := dynamodb.NewScanPaginator(a.db, &dynamodb.ScanInput{TableName: &table}); pages.HasMorePages(); {
		page, err := pages.NextPage(a.ctx)
		if err != nil {
			a.fail(err)
			return nil
		}
		var rows []row
		if err := attributevalue.UnmarshalListOfMaps(page.Items, &rows); err != nil {
			a.fail(err)
		}
		all = append(all, rows...)
	}
	return slices.DeleteFunc(all, func(r row) bool { return !keep(r) })
}

// first is the item that the scenario is about as it was given.
func (a *after) first() row {
	t := a.trial.given[0]
	if len(t.rows) == 0 {
		return nil
	}
	r, err := plain(t.rows[0])
	if err != nil {
		a.fail(err)
	}
	return r
}

// it is the item that the scenario is about as it is now.
func (a *after) it() row {
	t := a.trial.given[0]
	key := a.trial.about
	if key == nil {
		key = t.keyOf(a.first())
	}
	return a.item(t.Name, key)
}

// at follows a path of names, such as "answers.yes".
func at(r row, path string) any {
	name, rest, more := strings.Cut(path, ".")
	if !more {
		return r[name]
	}
	inner, ok := r[name].(map[string]any)
	if !ok {
		return nil
	}
	return at(inner, rest)
}

func number(v any) float64 {
	n, _ := v.(float64)
	return n
}

// text is any value to be searched.
func text(v any) string {
	if b, ok := v.([]byte); ok {
		return string(b)
	}
	return fmt.Sprint(v)
}

// adds says that an attribute grew by what each client that returned nil adds:
// as much each, or by one amount for each client.
func adds(attr string, by ...float64) invariant {
	return func(a *after) error {
		want := number(at(a.first(), attr))
		for i, who := range names {
			if a.did(who) {
				want += by[min(i, len(by)-1)]
			}
		}
		if got := number(at(a.it(), attr)); got != want {
			return fmt.Errorf("%s is %v, want %v after %v", attr, got, want, a.done)
		}
		return nil
	}
}

// keeps says that each client that returned nil finds its name in an attribute.
func keeps(attr string) invariant {
	return func(a *after) error {
		got := text(at(a.it(), attr))
		for _, who := range a.done {
			if !strings.Contains(got, who) {
				return fmt.Errorf("%s is %s, without %s", attr, got, who)
			}
		}
		return nil
	}
}

// sets says that an attribute has a value once a client returned nil.
func sets(who, attr string, value any) invariant {
	return func(a *after) error {
		if got := at(a.it(), attr); a.did(who) && got != value {
			return fmt.Errorf("%s is %v, want %v from %s", attr, got, value, who)
		}
		return nil
	}
}

// once says that at most one client returned nil.
func once(a *after) error {
	if len(a.done) > 1 {
		return fmt.Errorf("%v did it", a.done)
	}
	return nil
}

// never says that one client did not return nil after another one had.
func never(who, behind string) invariant {
	return func(a *after) error {
		ended := a.trial.diary.ended
		if a.did(who) && a.did(behind) && slices.Index(ended, who) > slices.Index(ended, behind) {
			return fmt.Errorf("%s did it after %s", who, behind)
		}
		return nil
	}
}

// atMost says that no more than n rows of a table are of a kind.
func atMost(n int, table string, kind func(row) bool) invariant {
	return func(a *after) error {
		if got := a.rows(table, kind); len(got) > n {
			return fmt.Errorf("%d rows in %s, want at most %d: %v", len(got), table, n, got)
		}
		return nil
	}
}

// atLeast says that no fewer than n rows of a table are of a kind.
func atLeast(n int, table string, kind func(row) bool) invariant {
	return func(a *after) error {
		if got := a.rows(table, kind); len(got) < n {
			return fmt.Errorf("%d rows in %s, want at least %d: %v", len(got), table, n, got)
		}
		return nil
	}
}

// every is a kind of row: any.
func every(row) bool { return true }

// all says that several invariants hold.
func all(is ...invariant) invariant {
	return func(a *after) error {
		for _, i := range is {
			if err := i(a); err != nil {
				return err
			}
		}
		return nil
	}
}
