// The program wires everything once.
package main

import (
	"context"
	"os"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/ddbvet/ddbvet/passes/internal/compose/testdata/wiring/memory"
	"github.com/ddbvet/ddbvet/passes/internal/compose/testdata/wiring/port"
	"github.com/ddbvet/ddbvet/passes/internal/compose/testdata/wiring/svc"
	"github.com/ddbvet/ddbvet/passes/internal/compose/testdata/wiring/table"
)

type services struct {
	real      *svc.Real
	fake      *svc.Fake
	off       *svc.Off
	filled    *svc.Filled
	narrow    *svc.Narrow
	decorated *svc.Decorated
	hidden    svc.Hidden
	functions *svc.Functions
	optional  *svc.Optional
	board     *svc.Board
	generic   *svc.Generic[port.Other]
	adapter   *svc.Adapter
}

func newOff(db *dynamodb.Client) *svc.Off {
	s := &svc.Off{}
	var r port.Repo = memory.Null{}
	if os.Getenv("TABLE") != "" {
		r = &table.Items{DB: db}
	}
	s.SetRepo(r)
	return s
}

func wire(db *dynamodb.Client) *services {
	var archive port.Repo = table.Archive{DB: db}
	items := &table.Items{DB: db}
	svc.Default = archive
	svc.Make = func() port.Repo { return &table.Items{DB: db} }
	return &services{
		real:      svc.NewReal(items),
		fake:      svc.NewFake(memory.New()),
		off:       newOff(db),
		filled:    new(svc.Filled),
		narrow:    svc.NewNarrow(items),
		decorated: svc.NewDecorated(&svc.Counting{Repo: archive}),
		hidden:    svc.NewHidden(table.NewHidden(db)),
		functions: svc.NewFunctions(svc.Deps{Save: items.Save, Write: table.Writer(db), Keep: archive.Save}),
		optional:  svc.NewOptional(svc.WithSave(archive.Save), svc.WithSaver(archive)),
		board:     svc.NewBoard(table.ItemUpdater{DB: db}, table.OtherUpdater{DB: db}),
		generic:   svc.NewGeneric[port.Other](table.OtherUpdater{DB: db}),
		adapter:   svc.NewAdapter(svc.Second{Write: items.Save}),
	}
}

func main() {
	ctx, it := context.Background(), &port.Item{ID: os.Args[1]}
	db := dynamodb.New(dynamodb.Options{})
	s := wire(db)
	repos := make(chan port.Repo, 1)
	repos <- table.Archive{DB: db}
	_ = svc.Work(ctx, repos, it)
	_ = svc.All(ctx, []svc.Handler{svc.Saving{Repo: &table.Items{DB: db}}}, it)
	_ = svc.Contained(ctx, svc.Container{"repo": &table.Items{DB: db}, "name": "x"}, it)
	_ = s.real.Save(ctx, it)
}
