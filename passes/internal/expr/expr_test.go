package expr

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func names(p string) (string, bool) {
	attr, ok := map[string]string{"#b": "balance", "#s": "status", "#dot": "a.b"}[p]
	return attr, ok
}

// shape writes a tree with all its parentheses.
func shape(c *Condition) string {
	if len(c.Subs) == 0 {
		return atomString(c.Op, c.Operands)
	}
	parts := make([]string, len(c.Subs))
	for i, s := range c.Subs {
		parts[i] = shape(s)
	}
	return string(c.Op) + "{" + strings.Join(parts, "; ") + "}"
}

func TestParseCondition(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"#b >= :c", "balance >= :c"},
		{"#b>=:c", "balance >= :c"},
		{"#x <> :c", "#x <> :c"},
		{":a<:b", ":a < :b"},
		{"attribute_not_exists(pk)", "attribute_not_exists(pk)"},
		{"attribute_exists ( a.#s[2].c )", "attribute_exists(a.status[2].c)"},
		{"attribute_type(a, :t)", "attribute_type(a, :t)"},
		{"size(tags) < :n", "size(tags) < :n"},
		{"a BETWEEN :x AND :y and b = :z", "and{a BETWEEN :x AND :y; b = :z}"},
		{"a in (:x, :y,:z)", "a IN (:x, :y, :z)"},
		{"NOT a = :x AND b = :y", "and{not{a = :x}; b = :y}"},
		{"not not a = :x", "not{not{a = :x}}"},
		{"a = :x OR b = :y AND c = :z", "or{a = :x; and{b = :y; c = :z}}"},
		{"a = :x AND b = :y OR c = :z OR d = :w", "or{and{a = :x; b = :y}; c = :z; d = :w}"},
		{"(a = :x OR b = :y) AND c = :z", "and{or{a = :x; b = :y}; c = :z}"},
		{"((a)) = (:x)", "a = :x"},
		{"NOT (a = :x OR contains(b, :y))", "not{or{a = :x; contains(b, :y)}}"},
		{"pk = :p AND begins_with(sk, :s)", "and{pk = :p; begins_with(sk, :s)}"},
		{"\n\ta =\r\n :x", "a = :x"},
		{"android = :x", "android = :x"},
		{"a = :x AnD notes = :y", "and{a = :x; notes = :y}"},
	} {
		c, err := ParseCondition(tt.in, names)
		if err != nil {
			t.Errorf("%q: %v", tt.in, err)
			continue
		}
		if got := shape(c); got != tt.want {
			t.Errorf("%q: got %s, want %s", tt.in, got, tt.want)
		}
	}
}

func TestPlaceholderWithDotIsOneName(t *testing.T) {
	c, err := ParseCondition("#dot = :v", names)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Operands[0].Path; got.Name != "a.b" || got.Rest != nil {
		t.Errorf("got %#v", got)
	}
}

func TestParseConditionErrors(t *testing.T) {
	for _, tt := range []struct {
		in     string
		offset int
		msg    string
	}{
		{"", 0, "expected an operand, found the end"},
		{"a", 1, "expected a comparison, found the end"},
		{"a = ", 4, "expected an operand"},
		{"a = :x AND", 10, "expected an operand"},
		{"a = :x b", 7, `expected the end, found "b"`},
		{"a = 5", 4, `expected an operand, found "5"`},
		{"a = 'x'", 4, "unexpected character '\\''"},
		{"a = :", 4, "not followed by"},
		{"(a = :x", 7, `expected ")"`},
		{"a BETWEEN :x OR :y", 13, "expected AND"},
		{"a IN :x", 5, `expected "("`},
		{"a IN ()", 6, "expected an operand"},
		{"ATTRIBUTE_EXISTS(a)", 0, "no function of conditions"},
		{"if_not_exists(a, :x) = :y", 0, "no function of conditions"},
		{"attribute_exists(:x)", 20, "takes an attribute path"},
		{"attribute_exists(a, b)", 21, "takes 1 arguments, not 2"},
		{"(a = :x) = :y", 9, `expected the end, found "="`},
		{"a = (b = :x)", 12, "expected an operand instead"},
		{"a[x] = :v", 2, "expected a list index"},
		{"a[99999999999999999999] = :v", 2, "expected a list index"},
		{"é = :v", 0, "unexpected character 'é'"},
		{"a = %s", 4, "unexpected character '%'"},
		{strings.Repeat("(", 9999), maxDepth, "nested more than"},
		{strings.Repeat("not ", 9999), 4 * (maxDepth + 1), "nested more than"},
		{strings.Repeat("size(", 9999), 5 * maxDepth, "nested more than"},
	} {
		wantSyntaxError(t, tt.in, tt.offset, tt.msg, func(s string) error {
			_, err := ParseCondition(s, names)
			return err
		})
	}
}

func wantSyntaxError(t *testing.T, in string, offset int, msg string, parse func(string) error) {
	t.Helper()
	name := fmt.Sprintf("%.40q", in)
	var se *SyntaxError
	switch err := parse(in); {
	case !errors.As(err, &se):
		t.Errorf("%s: got %v, want a syntax error", name, err)
	case se.Offset != offset || !strings.Contains(se.Error(), msg):
		t.Errorf("%s: got %q, want offset %d and %q", name, se, offset, msg)
	}
}

func TestDisjuncts(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"a = :x", "a = :x"},
		{"a = :x AND b = :y", "a = :x & b = :y"},
		{"a = :x OR b = :y AND c = :z", "a = :x | b = :y & c = :z"},
		{"(a = :x OR b = :y) AND (c = :z OR d = :w)",
			"a = :x & c = :z | a = :x & d = :w | b = :y & c = :z | b = :y & d = :w"},
		{"NOT (a = :x AND attribute_exists(b))", "a <> :x | attribute_not_exists(b)"},
		{"NOT (a <> :x OR attribute_not_exists(b))", "a = :x & attribute_exists(b)"},
		{"NOT a < :x", "NOT a < :x"},
		{"NOT (a BETWEEN :x AND :y OR b IN (:z))", "NOT a BETWEEN :x AND :y & NOT b IN (:z)"},
		{"NOT NOT contains(a, :x)", "contains(a, :x)"},
	} {
		c, err := ParseCondition(tt.in, names)
		if err != nil {
			t.Fatal(err)
		}
		dnf, ok := c.Disjuncts()
		if got := dnfString(dnf); !ok || got != tt.want {
			t.Errorf("%q: got %s, %v, want %s", tt.in, got, ok, tt.want)
		}
	}
}

func dnfString(dnf [][]Atom) string {
	var out []string
	for _, conj := range dnf {
		var atoms []string
		for _, a := range conj {
			atoms = append(atoms, a.String())
		}
		out = append(out, strings.Join(atoms, " & "))
	}
	return strings.Join(out, " | ")
}

func TestDisjunctsBound(t *testing.T) {
	pair := "(a = :x OR b = :y)"
	for n, want := range map[int]bool{6: true, 7: false, 200: false} {
		c, err := ParseCondition(strings.Repeat(pair+" AND ", n-1)+pair, nil)
		if err != nil {
			t.Fatal(err)
		}
		dnf, ok := c.Disjuncts()
		if ok != want || ok && len(dnf) != 64 || !ok && dnf != nil {
			t.Errorf("%d pairs: %d conjunctions, %v", n, len(dnf), ok)
		}
	}
}

func TestAtomPathsAndValues(t *testing.T) {
	c, err := ParseCondition("size(a.b) BETWEEN :x AND c[0]", nil)
	if err != nil {
		t.Fatal(err)
	}
	dnf, _ := c.Disjuncts()
	if got := fmt.Sprint(dnf[0][0].Paths(), dnf[0][0].Values()); got != "[a.b c[0]] [:x]" {
		t.Error(got)
	}
}

func TestParseUpdate(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"SET #b = #b - :d", "SET balance = balance - :d"},
		{"set a=:x,b=b+:y remove c, d.e[1] ADD n :one DELETE tags :t",
			"SET a = :x; SET b = b + :y; REMOVE c; REMOVE d.e[1]; ADD n :one; DELETE tags :t"},
		{"SET a = if_not_exists(a, :zero) + :one", "SET a = if_not_exists(a, :zero) + :one"},
		{"SET a = list_append(if_not_exists(a, :empty), :x)", "SET a = list_append(if_not_exists(a, :empty), :x)"},
		{"SET a = (b + :x)", "SET a = b + :x"},
		{"SET a[0].#x = :v", "SET a[0].#x = :v"},
		{"ADD n :one SET a = :x", "ADD n :one; SET a = :x"},
	} {
		actions, err := ParseUpdate(tt.in, names)
		if err != nil {
			t.Errorf("%q: %v", tt.in, err)
			continue
		}
		var parts []string
		for _, a := range actions {
			parts = append(parts, a.String())
		}
		if got := strings.Join(parts, "; "); got != tt.want {
			t.Errorf("%q: got %s, want %s", tt.in, got, tt.want)
		}
	}
}

func TestParseUpdateErrors(t *testing.T) {
	for _, tt := range []struct {
		in     string
		offset int
		msg    string
	}{
		{"", 0, "expected SET, REMOVE, ADD or DELETE, found the end"},
		{"a = :x", 0, "expected SET"},
		{"SET a", 5, `expected "="`},
		{"SET a = :x SET b = :y", 11, "can only be used once"},
		{"SET a = :x,", 11, "expected an attribute name"},
		{"SET a = a + :x + :y", 15, "expected SET"},
		{"SET a = size(b)", 8, "no function of update"},
		{"SET a = if_not_exists(:x, :y)", 29, "takes an attribute path first"},
		{"ADD a b", 6, "expected a value"},
		{"REMOVE", 6, "expected an attribute name"},
		{"SET a = " + strings.Repeat("(", 9999), 8 + maxDepth, "nested more than"},
	} {
		wantSyntaxError(t, tt.in, tt.offset, tt.msg, func(s string) error {
			_, err := ParseUpdate(s, names)
			return err
		})
	}
}

func TestPathContains(t *testing.T) {
	path := func(s string) Path {
		c, err := ParseCondition("attribute_exists("+s+")", nil)
		if err != nil {
			t.Fatal(err)
		}
		return c.Operands[0].Path
	}
	for _, tt := range []struct {
		p, q            string
		contains, equal bool
	}{
		{"a", "a", true, true},
		{"a", "a.b[0]", true, false},
		{"a.b", "a", false, false},
		{"a[0]", "a[1]", false, false},
		{"a.b[0]", "a.b[0]", true, true},
		{"a", "ab", false, false},
	} {
		p, q := path(tt.p), path(tt.q)
		if p.Contains(q) != tt.contains || p.Equal(q) != tt.equal {
			t.Errorf("%s and %s: contains %v, equal %v", p, q, p.Contains(q), p.Equal(q))
		}
	}
}

func TestOperandKinds(t *testing.T) {
	actions, err := ParseUpdate("SET a = if_not_exists(b.c, :x) - d", nil)
	if err != nil {
		t.Fatal(err)
	}
	want := Operand{Kind: Minus, Args: []Operand{
		{Kind: IfNotExists, Path: Path{Name: "b", Rest: []Step{{Name: "c"}}}, Args: []Operand{{Kind: Value, Value: ":x"}}},
		{Kind: Attr, Path: Path{Name: "d"}},
	}}
	if !reflect.DeepEqual(actions[0].Value, want) {
		t.Errorf("got %#v", actions[0].Value)
	}
	if got := fmt.Sprint(want.Paths(), want.Values()); got != "[b.c d] [:x]" {
		t.Error(got)
	}
}

func TestParseProjection(t *testing.T) {
	got, err := ParseProjection("#b, a.b[0],c", names)
	if err != nil || fmt.Sprint(got) != "[balance a.b[0] c]" {
		t.Errorf("got %v, %v", got, err)
	}
	for in, offset := range map[string]int{"": 0, "a,": 2, "a b": 2, "a, :v": 3} {
		msg := "expected an attribute name"
		if in == "a b" {
			msg = "expected the end"
		}
		wantSyntaxError(t, in, offset, msg, func(s string) error {
			_, err := ParseProjection(s, nil)
			return err
		})
	}
}

func TestBareReserved(t *testing.T) {
	for in, want := range map[string]string{
		"SET balance = :v":                       "",
		"SET count = count + :v":                 "count",
		"set #c = :v ADD Status :w":              "Status",
		"size(a) > :v AND NOT b = :w":            "",
		"size > :v":                              "size",
		"a.name = :v":                            "name",
		"a BETWEEN :x AND :y OR b IN (:z)":       "",
		"attribute_not_exists(ttl)":              "ttl",
		"REMOVE a DELETE b :c":                   "",
		"begins_with(pk, :p) AND contains(a,:b)": "",
		"no expression at all '":                 "",
	} {
		if got := BareReserved(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	if IsReserved("") || IsReserved("balance") || !IsReserved("Name") || len(reserved()) != 573 {
		t.Errorf("the list of %d words does not answer right", len(reserved()))
	}
}

func TestRedundantParentheses(t *testing.T) {
	for in, want := range map[string]bool{
		"(a = :x)":                           false,
		"((a = :x))":                         true,
		"((a = :x) AND b = :y)":              false,
		"((a = :x) AND (b = :y))":            false,
		"NOT ((a = :x OR b = :y)) OR c = :z": true,
		"(size(a) = :x)":                     false,
		"((((":                               false,
		"a = :x":                             false,
	} {
		if got := RedundantParentheses(in); got != want {
			t.Errorf("%q: got %v", in, got)
		}
	}
}
