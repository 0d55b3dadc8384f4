package explore

import (
	"hash/fnv"
	"slices"

	"github.com/ddbvet/ddbvet/passes/internal/expr"
)

// read carries out Query and Scan.
func (e *Engine) read(op string, r *request) (any, error) {
	t, err := e.prepare(r)
	if err != nil {
		return nil, err
	}
	x, err := t.index(r)
	if err != nil {
		return nil, err
	}
	if err := r.checkRead(op, t, x); err != nil {
		return nil, err
	}
	candidates, err := r.candidates(op, t, x)
	if err != nil {
		return nil, err
	}
	page, more := r.page(candidates, e.pageSize)
	out := object{}
	if more {
		out["LastEvaluatedKey"] = t.resumeKey(x, page[len(page)-1])
	}
	found := slices.DeleteFunc(slices.Clone(page), func(it item) bool {
		return r.filter != nil && !(evaluator{it, r.ExpressionAttributeValues}).holds(r.filter)
	})
	out["Count"], out["ScannedCount"] = len(found), len(page)
	if r.Select != "COUNT" {
		items := make([]item, len(found))
		for i, it := range found {
			items[i] = r.projected(x.visible(t, it))
		}
		out["Items"] = items
	}
	return out, nil
}

// index finds the index a request names, nil if it names none.
func (t *table) index(r *request) (*index, error) {
	if r.IndexName == "" {
		return nil, nil
	}
	for _, x := range t.indexes {
		if x.name == r.IndexName {
			return x, nil
		}
	}
	return nil, validationError("the table does not have the specified index: %s", r.IndexName)
}

func (r *request) checkRead(op string, t *table, x *index) error {
	switch {
	case x != nil && r.ConsistentRead:
		return validationError("consistent reads are not supported on global secondary indexes")
	case r.Limit != nil && *r.Limit < 1:
		return validationError("limit must be greater than or equal to 1")
	case r.Select == "COUNT" && r.ProjectionExpression != nil:
		return validationError("cannot specify the ProjectionExpression when choosing to get only the count")
	case r.Select == "SPECIFIC_ATTRIBUTES" && r.ProjectionExpression == nil:
		return validationError("must specify the ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES")
	case r.Select == "ALL_ATTRIBUTES" && x != nil && x.project != nil:
		return validationError("one or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary index %s", x.name)
	}
	if err := r.checkProjected(t, x); err != nil {
		return err
	}
	if op == "Query" && r.filter != nil {
		key := t.scheme(x)
		for _, p := range conditionPaths(r.filter) {
			if key.has(p.Name) {
				return validationError("filter Expression can only contain non-primary key attributes: Primary key attribute: %s", p.Name)
			}
		}
	}
	return nil
}

// checkProjected refuses to ask an index for attributes that it does not hold.
func (r *request) checkProjected(t *table, x *index) error {
	if x == nil || x.project == nil {
		return nil
	}
	asked := slices.Clone(r.projection)
	if r.filter != nil {
		asked = append(asked, conditionPaths(r.filter)...)
	}
	for _, p := range asked {
		if !t.key.has(p.Name) && !x.key.has(p.Name) && !slices.Contains(x.project, p.Name) {
			return validationError("one or more parameter values were invalid: Secondary index %s does not project %s", x.name, p)
		}
	}
	return nil
}

// scheme is the key that a read goes by.
func (t *table) scheme(x *index) keySchema {
	if x != nil {
		return x.key
	}
	return t.key
}

func conditionPaths(c *expr.Condition) []expr.Path {
	var out []expr.Path
	for _, s := range c.Subs {
		out = append(out, conditionPaths(s)...)
	}
	for _, o := range c.Operands {
		out = append(out, o.Paths()...)
	}
	return out
}

// candidates gives the items after ExclusiveStartKey, in order, that the key
// condition or the segment selects.
func (r *request) candidates(op string, t *table, x *index) ([]item, error) {
	all := t.sorted(x)
	backward := r.ScanIndexForward != nil && !*r.ScanIndexForward
	if backward {
		slices.Reverse(all)
	}
	if op == "Query" {
		if err := checkKeyCondition(r.keyCondition, t.scheme(x), r.ExpressionAttributeValues); err != nil {
			return nil, err
		}
	}
	if r.ExclusiveStartKey != nil {
		if err := r.checkResumeKey(op, t, x); err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(all, func(it item) bool {
		switch {
		case r.ExclusiveStartKey != nil && !t.after(x, it, r.ExclusiveStartKey, backward):
			return true
		case op == "Query":
			return !(evaluator{it, r.ExpressionAttributeValues}).holds(r.keyCondition)
		}
		return r.TotalSegments != nil && segment(t, it, *r.TotalSegments) != r.segment()
	}), nil
}

func (t *table) after(x *index, it, start item, backward bool) bool {
	order := t.position(x, it, start)
	if backward {
		return order < 0
	}
	return order > 0
}

func (r *request) segment() int {
	if r.Segment == nil {
		return 0
	}
	return *r.Segment
}

// segment spreads the items over the segments of a parallel Scan.
func segment(t *table, it item, total int) int {
	h := fnv.New32a()
	h.Write([]byte(it[t.key.partition.name].text))
	return int(h.Sum32() % uint32(max(total, 1)))
}

// page cuts at Limit, which counts items before the filter, or at the size of
// a page; more says whether the page was cut.
func (r *request) page(all []item, size int) (page []item, more bool) {
	if r.Limit != nil && (size == 0 || *r.Limit < size) {
		size = *r.Limit
	}
	if size > 0 && len(all) >= size {
		return all[:size], true
	}
	return all, false
}

// resumeKey is LastEvaluatedKey: the table's key and the index's.
func (t *table) resumeKey(x *index, it item) item {
	out := t.key.of(it)
	if x != nil {
		for name, v := range x.key.of(it) {
			out[name] = v
		}
	}
	return out
}

func (r *request) checkResumeKey(op string, t *table, x *index) error {
	want := t.key.attributes()
	if x != nil {
		want = append(x.key.attributes(), want...)
	}
	for _, a := range want {
		if r.ExclusiveStartKey[a.name].kind != a.kind {
			return validationError("the provided starting key is invalid")
		}
	}
	if op == "Query" && !(evaluator{r.ExclusiveStartKey, r.ExpressionAttributeValues}).holds(r.keyCondition) {
		return validationError("the provided starting key is outside query boundaries based on provided conditions")
	}
	return nil
}

// visible gives what an index holds of an item.
func (x *index) visible(t *table, it item) item {
	if x == nil || x.project == nil {
		return it
	}
	out := t.resumeKey(x, it)
	for _, name := range x.project {
		if v, ok := it[name]; ok {
			out[name] = v
		}
	}
	return out
}

// checkKeyCondition refuses what is no key condition: it is "partition = :v",
// or that AND one comparison of the sort key.
func checkKeyCondition(c *expr.Condition, key keySchema, values item) error {
	if c == nil {
		return validationError("either the KeyConditions or KeyConditionExpression parameter must be specified in the request")
	}
	parts := []*expr.Condition{c}
	if c.Op == expr.And {
		parts = c.Subs
	}
	seen := map[string]bool{}
	for _, part := range parts {
		a, err := keyPart(part, key)
		if err != nil {
			return err
		}
		if seen[a.name] {
			return validationError("KeyConditionExpressions must only contain one condition per key")
		}
		seen[a.name] = true
		for _, o := range part.Operands[1:] {
			if v := values[o.Value]; v.kind != a.kind || v.text == "" && a == key.partition {
				return validationError("one or more parameter values were invalid: Condition parameter type does not match schema type")
			}
		}
	}
	if !seen[key.partition.name] {
		return validationError("query condition missed key schema element: %s", key.partition.name)
	}
	return nil
}

// keyPart finds which key attribute a part of a key condition compares.
func keyPart(c *expr.Condition, key keySchema) (keyAttribute, error) {
	var a keyAttribute
	if len(c.Operands) < 2 || c.Operands[0].Kind != expr.Attr || len(c.Operands[0].Path.Rest) > 0 {
		return a, validationError("invalid KeyConditionExpression: %s", c)
	}
	for _, o := range c.Operands[1:] {
		if o.Kind != expr.Value {
			return a, validationError("invalid KeyConditionExpression: %s", c)
		}
	}
	switch name := c.Operands[0].Path.Name; {
	case name == key.partition.name && c.Op == expr.Eq:
		return key.partition, nil
	case name == key.partition.name:
		return a, validationError("query key condition not supported")
	case name != key.sort.name:
		return a, validationError("query condition missed key schema element")
	}
	switch c.Op {
	case expr.Eq, expr.Lt, expr.Le, expr.Gt, expr.Ge, expr.Between, expr.BeginsWith:
		return key.sort, nil
	}
	return a, validationError("query key condition not supported")
}
