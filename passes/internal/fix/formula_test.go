package fix

import (
	"go/ast"
	"go/token"
	"slices"
	"testing"
)

// TestFormula writes formulas in the three ways in which code says conditions.
func TestFormula(t *testing.T) {
	open := formula{atom: atom{attr: "state", op: token.EQL, kind: "S", code: `"open"`, value: "V", hint: "open"}}
	used := formula{atom: atom{attr: "used", op: token.LSS, other: "limit", missing: true}}
	full := formula{atom: atom{attr: "litres", op: token.NEQ, kind: "N", code: "0", value: "V", present: true}}
	gone := formula{atom: atom{attr: "endedAt", op: token.EQL, kind: "NULL", code: "true", value: "V"}}
	and := func(parts ...formula) formula { return formula{op: "AND", parts: parts} }
	or := func(parts ...formula) formula { return formula{op: "OR", parts: parts} }
	tests := []struct {
		f                    formula
		text, build, chained string
		args                 []string
	}{
		{open, "#state = :open", `e.Name("state").Equal(e.Value("open"))`, "$ = ?", []string{`"state"`, `"open"`}},
		{
			used, "attribute_not_exists(used) OR used < #limit",
			`e.Or(e.AttributeNotExists(e.Name("used")), e.Name("used").LessThan(e.Name("limit")))`,
			"attribute_not_exists($) OR $ < $", []string{`"used"`, `"used"`, `"limit"`},
		},
		{
			and(open, used), "#state = :open AND (attribute_not_exists(used) OR used < #limit)",
			`e.And(e.Name("state").Equal(e.Value("open")), e.Or(e.AttributeNotExists(e.Name("used")), e.Name("used").LessThan(e.Name("limit"))))`,
			"$ = ? AND (attribute_not_exists($) OR $ < $)", []string{`"state"`, `"open"`, `"used"`, `"used"`, `"limit"`},
		},
		{
			or(full, open), "(attribute_exists(litres) AND litres <> :litresWanted) OR #state = :open",
			`e.Or(e.And(e.AttributeExists(e.Name("litres")), e.Name("litres").NotEqual(e.Value(0))), e.Name("state").Equal(e.Value("open")))`,
			"(attribute_exists($) AND $ <> ?) OR $ = ?", []string{`"litres"`, `"litres"`, "0", `"state"`, `"open"`},
		},
		{
			gone, "attribute_not_exists(endedAt) OR endedAt = :endedAtNone",
			`e.Or(e.AttributeNotExists(e.Name("endedAt")), e.Name("endedAt").Equal(e.Value(nil)))`,
			"attribute_not_exists($)", []string{`"endedAt"`},
		},
	}
	for _, tt := range tests {
		src := &Source{Fset: token.NewFileSet()}
		s := &site{src: src, file: &ast.File{Name: ast.NewIdent("a")}}
		r := &request{site: s, of: s, lit: &ast.CompositeLit{}}
		if got := tt.f.text(&guard{r: r}); got != tt.text {
			t.Errorf("text: %s\nwant  %s", got, tt.text)
		}
		if got := tt.f.build("e"); got != tt.build {
			t.Errorf("build: %s\nwant   %s", got, tt.build)
		}
		if got, args := tt.f.chained(); got != tt.chained || !slices.Equal(args, tt.args) {
			t.Errorf("chained: %s %q\nwant     %s %q", got, args, tt.chained, tt.args)
		}
	}
}

// TestTitles are the words of lists of attributes.
func TestTitles(t *testing.T) {
	for want, attrs := range map[string][]string{"a": {"a", "a"}, "a and b": {"a", "b", "a"}, "a, b and c": {"a", "b", "c"}} {
		if got := inWords(attrs); got != want {
			t.Errorf("inWords(%q) = %q, want %q", attrs, got, want)
		}
	}
	for want, attr := range map[string]string{"createdAt": "created_at", "gsi1pk": "GSI1PK", "x": "_x", "value": "#", "lastSeen": "LastSeen"} {
		if got := camel(attr); got != want {
			t.Errorf("camel(%q) = %q, want %q", attr, got, want)
		}
	}
}
