package proof

import "github.com/ddbvet/ddbvet/testdata/checkthenact/asked"

// listsAndTimes are decisions about more than plain values.
func listsAndTimes() []scenario {
	nine := []string{"a", "b", "c", "d", "e", "f", "g", "h", "i"}
	return []scenario{
		{
			at:    "checkthenact/asked Join",
			given: given("events id", row{"id": "e", "places": 1}),
			bug:   both(func(t turn) error { return party(t).Join(t, "e", t.who) }),
			safe:  both(func(t turn) error { return party(t).JoinSafe(t, "e", t.who) }),
			holds: once,
		},
		{
			at:    "checkthenact/asked Come",
			given: given("events id", row{"id": "e", "guests": nine}),
			bug:   both(func(t turn) error { return party(t).Come(t, "e", t.who) }),
			safe:  both(func(t turn) error { return party(t).ComeSafe(t, "e", t.who) }),
			holds: once,
		},
		{
			at:    "checkthenact/asked Answer",
			given: given("events id", row{"id": "e"}),
			bug:   both(func(t turn) error { return party(t).Answer(t, "e") }),
			safe:  both(func(t turn) error { return party(t).AnswerSafe(t, "e") }),
			holds: once,
		},
		{
			at:    "checkthenact/asked Stand",
			given: given("events id", row{"id": "e", "seats": map[string]string{"1": "ann"}}),
			bug:   []action{func(t turn) error { return party(t).Stand(t, "e", "1", "ann") }, sitDown},
			safe:  []action{func(t turn) error { return party(t).StandSafe(t, "e", "1", "ann") }, sitDown},
			holds: sets("bob", "seats.1", "bob"),
		},
	}
}

func party(t turn) *asked.Events { return &asked.Events{DB: t.db, Table: "events"} }

func sitDown(t turn) error { return party(t).Move(t, "e", "1", "bob") }
