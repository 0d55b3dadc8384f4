package expr

import (
	"fmt"
	"sort"
	"strings"
	"testing"
)

// statementShape writes everything a statement says.
func statementShape(s *Statement) string {
	parts := []string{s.Kind, s.Table}
	if s.Index != "" {
		parts = append(parts, "index "+s.Index)
	}
	for _, c := range s.Columns {
		parts = append(parts, "column "+c.String())
	}
	for _, a := range s.Actions {
		parts = append(parts, a.String())
	}
	var item []string
	for name, o := range s.Item {
		item = append(item, name+"="+o.String())
	}
	sort.Strings(item)
	parts = append(parts, item...)
	if s.Returning != "" {
		parts = append(parts, "returning "+s.Returning)
	}
	if s.Where != nil {
		parts = append(parts, "where "+shape(s.Where))
	}
	return strings.Join(append(parts, fmt.Sprint(s.Params)), "; ")
}

func TestParseStatement(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{`SELECT * FROM "Music" WHERE "Artist" = 'Acme' AND SongTitle=?`,
			`SELECT; Music; where and{Artist = 'Acme'; SongTitle = ?0}; 1`},
		{`select a, b.c[0] from "Music"."by artist" order by a desc`,
			`SELECT; Music; index by artist; column a; column b.c[0]; 0`},
		{`INSERT INTO "Music" VALUE {'Artist' : 'Acme''s', 'n': -1.5e3, 'l': [1, ?], 'm': {'x': ?}, 's': <<'a'>>}`,
			`INSERT; Music; Artist='Acme''s'; l=[1, ?0]; m={'x': ?1}; n=-1.5e3; s=<<'a'>>; 2`},
		{`UPDATE "Music" SET AwardsWon = AwardsWon + 1 SET b = ?, c = list_append(c, ?) REMOVE d.e WHERE Artist=? AND v = ? RETURNING ALL OLD *`,
			`UPDATE; Music; SET AwardsWon = AwardsWon + 1; SET b = ?0; SET c = list_append(c, ?1); REMOVE d.e; returning ALL OLD; where and{Artist = ?2; v = ?3}; 4`},
		{`UPDATE t SET tags = set_add(tags, <<'x'>>) SET u = set_delete(u, ?) WHERE pk = ?`,
			`UPDATE; t; ADD tags <<'x'>>; DELETE u ?0; where pk = ?1; 2`},
		{`DELETE FROM "Music" WHERE "Artist" = 'a' AND b IS MISSING AND c IS NOT MISSING AND d IS NOT NULL;`,
			`DELETE; Music; where and{Artist = 'a'; attribute_not_exists(b); attribute_exists(c); not{attribute_type(d, 'NULL')}}; 0`},
		{`EXISTS(SELECT * FROM "Music" WHERE pk = ? AND v >= ?)`,
			`EXISTS; Music; where and{pk = ?0; v >= ?1}; 2`},
		{`SELECT * FROM t WHERE pk IN [?, ?] OR pk in ('a','b') OR a != TRUE OR NOT_a BETWEEN 1 AND 2 OR b NOT IN (3)`,
			`SELECT; t; where or{pk IN (?0, ?1); pk IN ('a', 'b'); a <> TRUE; NOT_a BETWEEN 1 AND 2; not{b IN (3)}}; 2`},
		{`SELECT * FROM t WHERE begins_with("pk", 'x') AND CONTAINS(a, ?) and size(b) > 3`,
			`SELECT; t; where and{begins_with(pk, 'x'); contains(a, ?0); size(b) > 3}; 1`},
		{`INSERT INTO t VALUE ?`, `INSERT; t; =?0; 1`},
		{`INSERT INTO t VALUE {}`, `INSERT; t; 0`},
	} {
		s, err := ParseStatement(tt.in)
		if err != nil {
			t.Errorf("%q: %v", tt.in, err)
			continue
		}
		if got := statementShape(s); got != tt.want {
			t.Errorf("%q:\ngot  %s\nwant %s", tt.in, got, tt.want)
		}
	}
}

func TestParseStatementErrors(t *testing.T) {
	for _, tt := range []struct {
		in     string
		offset int
		msg    string
	}{
		{"", 0, "expected SELECT, INSERT"},
		{"SELECT *", 8, "expected FROM"},
		{"SELECT * FROM", 13, "expected an attribute name"},
		{"SELECT * FROM a.b.c", 19, "no table"},
		{"SELECT * FROM t WHERE pk = :v", 27, "expected an operand"},
		{"UPDATE t WHERE pk = 1", 9, "expected SET or REMOVE"},
		{"UPDATE t SET a = set_add(b, <<1>>)", 34, "takes the attribute it is assigned to, a"},
		{"INSERT INTO t VALUE {'a' 1}", 25, `expected ":"`},
		{"INSERT INTO t VALUE {1: 1}", 21, "expected an attribute name in quotes"},
		{"DELETE FROM t WHERE pk = 'x", 25, "never closed"},
		{"DELETE FROM t WHERE pk = 1 RETURNING ?", 37, "expected ALL or MODIFIED"},
		{"SELECT * FROM t WHERE 1 IS MISSING", 34, "IS takes an attribute path"},
		{"SELECT * FROM t WHERE a = " + strings.Repeat("[", 9999), 26 + maxDepth, "nested more than"},
	} {
		wantSyntaxError(t, tt.in, tt.offset, tt.msg, func(s string) error {
			_, err := ParseStatement(s)
			return err
		})
	}
}

func TestLiteralMembersAreKept(t *testing.T) {
	s, err := ParseStatement(`INSERT INTO t VALUE {'m': {'x': ?, 'y': [2]}}`)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprintf("%q", s.Item["m"].Values()); got != `["{'x': ?0, 'y': [2]}" "?0" "[2]" "2"]` {
		t.Error(got)
	}
}
