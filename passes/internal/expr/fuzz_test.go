package expr

import (
	"errors"
	"reflect"
	"testing"
)

// checkError fails if a parser's error does not point into its text.
func checkError(t *testing.T, text string, err error) bool {
	var se *SyntaxError
	if err == nil {
		return false
	}
	if !errors.As(err, &se) || se.Offset < 0 || se.Offset > len(text) {
		t.Fatalf("%q: %v", text, err)
	}
	return true
}

func FuzzParseCondition(f *testing.F) {
	for _, s := range []string{
		"a = :x AND NOT (b.c[0] <> :y OR size(d) >= :z)",
		"attribute_not_exists(pk) OR #e < :now",
		"a BETWEEN :x AND :y AND b IN (:z, c)", "begins_with(a, :p)", "((", "a = 5",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ParseCondition(text, nil)
		if checkError(t, text, err) {
			return
		}
		again, err := ParseCondition(c.String(), nil)
		if err != nil || !reflect.DeepEqual(c, again) {
			t.Fatalf("%q: written as %q, parsed as %v, %v", text, c, again, err)
		}
		if dnf, ok := c.Disjuncts(); ok && len(dnf) == 0 {
			t.Fatalf("%q: no conjunction", text)
		}
	})
}

func FuzzParseUpdate(f *testing.F) {
	for _, s := range []string{
		"SET a = a - :d, b.c[1] = if_not_exists(b, :z) + :y REMOVE e ADD n :one DELETE t :u",
		"set a = list_append(a, (:x))", "ADD", "SET a = (((",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		actions, err := ParseUpdate(text, nil)
		if checkError(t, text, err) {
			return
		}
		for _, a := range actions {
			again, err := ParseUpdate(a.String(), nil)
			if err != nil || len(again) != 1 || !reflect.DeepEqual(a, again[0]) {
				t.Fatalf("%q: written as %q, parsed as %v, %v", text, a, again, err)
			}
		}
	})
}

func FuzzParseStatement(f *testing.F) {
	for _, s := range []string{
		`SELECT a, b FROM "t"."i" WHERE pk = ? AND a IS NOT MISSING`,
		`INSERT INTO t VALUE {'a': [1, <<'x'>>, {'b': ?}]}`,
		`UPDATE t SET a = a + 1 SET b = set_add(b, ?) REMOVE c WHERE pk = 'x' RETURNING ALL NEW *`,
		`DELETE FROM t WHERE pk = -1.5e3`, `EXISTS(SELECT * FROM t)`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseStatement(text)
		if !checkError(t, text, err) && (s.Kind == "" || s.Params < 0) {
			t.Fatalf("%q: %+v", text, s)
		}
	})
}
