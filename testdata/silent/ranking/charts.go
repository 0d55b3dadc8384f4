// Package ranking makes charts of the songs that were played most: it reads all songs and puts lines of a chart into another
// table.
//
// Silent: the tables are two constants, behind fields of one name. A chart is how things were; nothing is written to songs, and
// nothing depends on whether the list of them is still complete.
//
// Invariant: every time that a song is played counts, and the chart holds songs.
package ranking

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const songsTable, chartsTable = "songs", "charts"

// Song is one song.
type Song struct {
	ID    string `dynamodbav:"id"`
	Plays int    `dynamodbav:"plays"`
}

// Line is one line of a chart.
type Line struct {
	Chart string `dynamodbav:"chart"`
	Place string `dynamodbav:"place"`
	Song  string `dynamodbav:"song"`
}

// SongStore is where songs are read.
type SongStore interface {
	All(ctx context.Context) ([]Song, error)
	Play(ctx context.Context, id string) error
}

// ChartStore is where charts are put.
type ChartStore interface {
	Save(ctx context.Context, lines []Line) error
}

type songs struct {
	db    *dynamodb.Client
	table string
}

// NewSongs returns the songs.
func NewSongs(db *dynamodb.Client) SongStore { return &songs{db: db, table: songsTable} }

func (s *songs) All(ctx context.Context) ([]Song, error) {
	var all []Song
	for pages := dynamodb.NewScanPaginator(s.db, &dynamodb.ScanInput{TableName: aws.String(s.table)}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		var some []Song
		if err := attributevalue.UnmarshalListOfMaps(page.Items, &some); err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// Play counts that a song is played.
func (s *songs) Play(ctx context.Context, id string) error {
	_, err := s.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(s.table),
		Key:                       map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}},
		UpdateExpression:          aws.String("ADD plays :one"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":one": &types.AttributeValueMemberN{Value: "1"}},
	})
	return err
}

type charts struct {
	db    *dynamodb.Client
	table string
}

// NewCharts returns the charts.
func NewCharts(db *dynamodb.Client) ChartStore { return &charts{db: db, table: chartsTable} }

// Save sends lines until none is left over.
func (c *charts) Save(ctx context.Context, lines []Line) error {
	reqs := make([]types.WriteRequest, len(lines))
	for i, l := range lines {
		item, err := attributevalue.MarshalMap(l)
		if err != nil {
			return err
		}
		reqs[i] = types.WriteRequest{PutRequest: &types.PutRequest{Item: item}}
	}
	for len(reqs) > 0 {
		n := min(25, len(reqs))
		out, err := c.db.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{
			RequestItems: map[string][]types.WriteRequest{c.table: reqs[:n]},
		})
		if err != nil {
			return err
		}
		reqs = append(reqs[n:], out.UnprocessedItems[c.table]...)
	}
	return nil
}

// Radio makes charts.
type Radio struct {
	Songs  SongStore
	Charts ChartStore
}

// New returns the radio of a client.
func New(db *dynamodb.Client) *Radio { return &Radio{Songs: NewSongs(db), Charts: NewCharts(db)} }

// ranked is a song and how much it counts.
type ranked struct {
	song  string
	score float64
}

// Rank makes the chart of the moment, of at most ten songs.
func (r *Radio) Rank(ctx context.Context) error {
	all, err := r.Songs.All(ctx)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return nil
	}
	var list []ranked
	for _, s := range all {
		list = append(list, ranked{s.ID, float64(s.Plays) * 1.5})
	}
	slices.SortFunc(list, func(x, y ranked) int { return cmp.Compare(y.score, x.score) })
	var lines []Line
	for i := range list[:min(len(list), 10)] {
		lines = append(lines, Line{Chart: "now", Place: fmt.Sprintf("%010.2f#%s", list[i].score, list[i].song), Song: list[i].song})
	}
	return r.Charts.Save(ctx, lines)
}
