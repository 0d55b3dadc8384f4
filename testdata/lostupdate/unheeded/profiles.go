// Package unheeded changes profiles, and does not look whether the change could be stored, or only logs that it could not. A version
// alone would refuse a change in silence, so that the fix has the functions say so as well, each where it can.
//
// Two clients change a profile: both read it, and the later put undoes the earlier one.
//
// Invariant: what a client was told is done is in the profile, and what was changed by hand stays.
package unheeded

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// ErrFar says that a town is too far away.
var ErrFar = errors.New("the town is too far away")

// Profile is one profile.
type Profile struct {
	ID     string `dynamodbav:"id"`
	Name   string `dynamodbav:"name"`
	Town   string `dynamodbav:"town"`
	Likes  int    `dynamodbav:"likes"`
	Points int    `dynamodbav:"points"`
	Tries  int    `dynamodbav:"tries"`
	Until  string `dynamodbav:"until"`
	Closed string `dynamodbav:"closed"` // by whom
}

// Profiles are kept in a table.
type Profiles struct {
	DB    *dynamodb.Client
	Table string
}

func (p *Profiles) get(ctx context.Context, id string) (*Profile, error) {
	out, err := p.DB.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(p.Table),
		Key:       map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}},
	})
	if err != nil {
		return nil, err
	}
	var found Profile
	return &found, attributevalue.UnmarshalMap(out.Item, &found)
}

func (p *Profiles) put(ctx context.Context, profile Profile) error {
	item, err := attributevalue.MarshalMap(profile)
	if err != nil {
		return err
	}
	_, err = p.DB.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(p.Table), Item: item})
	return err
}

// Rename gives a profile another name, and gives it back.
func (p *Profiles) Rename(ctx context.Context, id, name string) (*Profile, error) {
	found, err := p.get(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("profile %s: %w", id, err)
	}
	found.Name += name
	_ = p.put(ctx, *found) // want lostupdate
	return found, nil
}

// Reward gives points to many. The error comes in the end, when the others have got theirs.
func (p *Profiles) Reward(ctx context.Context, ids []string, points int) error {
	for _, id := range ids {
		found, err := p.get(ctx, id)
		if err != nil {
			return err
		}
		found.Points += points
		p.put(ctx, *found) // want lostupdate
	}
	return nil
}

// Bonus gives points to one, and then a like to another, which it does in any case.
func (p *Profiles) Bonus(ctx context.Context, id string, points int, friend string) (int, error) {
	found, err := p.get(ctx, id)
	if err != nil {
		return 0, err
	}
	found.Points += points
	_ = p.put(ctx, *found) // want lostupdate

	// The friend has nothing to do with that.
	if err := p.set(ctx, friend, "ADD likes :v", number(1)); err != nil {
		return 0, err
	}
	return found.Points, nil
}

// Move is on its way out with another error where the put fails: it says both.
func (p *Profiles) Move(ctx context.Context, id, town string) error {
	found, err := p.get(ctx, id)
	if err != nil {
		return err
	}
	if err := near(town); err != nil {
		found.Tries++
		_ = p.put(ctx, *found) // want lostupdate
		return err
	}
	return p.set(ctx, id, "SET town = :v", text(town))
}

func near(town string) error {
	if len(town) > 3 {
		return ErrFar
	}
	return nil
}

// Like answers a request, and that the profile cannot be stored as that it cannot be read.
func (p *Profiles) Like(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	found, err := p.get(ctx, r.FormValue("id"))
	if err != nil {
		log.Printf("like: %v", err)
		http.Error(w, "try again", http.StatusInternalServerError)
		return
	}
	found.Likes++
	_ = p.put(ctx, *found) // want lostupdate
	fmt.Fprintln(w, found.Likes)
}

// A Reply is what a framework answers requests by.
type Reply interface {
	JSON(status int, body any) error
}

// Star answers as Like does, by a framework whose handlers return what sending the answer came to.
func (p *Profiles) Star(ctx context.Context, id string, to Reply) error {
	found, err := p.get(ctx, id)
	if err != nil {
		return to.JSON(http.StatusInternalServerError, err.Error())
	}
	found.Likes++
	_ = p.put(ctx, *found) // want lostupdate
	return to.JSON(http.StatusOK, found)
}

// Trade gives points of one to another, with named results.
func (p *Profiles) Trade(ctx context.Context, id string, points int) (left int, err error) {
	found, err := p.get(ctx, id)
	if err != nil {
		return
	}
	found.Points -= points
	if points > 0 {
		_ = p.put(ctx, *found) // want lostupdate
	}
	left = found.Points
	return
}

// Expire closes a profile whose time is over. It says no when it has not.
func (p *Profiles) Expire(ctx context.Context, id, by string) (bool, error) {
	found, err := p.get(ctx, id)
	if err != nil {
		return false, err
	}
	return p.expire(ctx, found, by), nil // want lostupdate
}

func (p *Profiles) expire(ctx context.Context, profile *Profile, by string) bool {
	until, err := time.Parse(time.RFC3339, profile.Until)
	if err != nil {
		return false
	}
	if time.Now().After(until) {
		profile.Closed += by
		_ = p.put(ctx, *profile)
		return true
	}
	return false
}

// Recount corrects the points of many. Where one cannot be stored it says so in the log, and goes on: it comes again tomorrow.
func (p *Profiles) Recount(ctx context.Context, points map[string]int) {
	for id, n := range points {
		found, err := p.get(ctx, id)
		if err != nil {
			log.Printf("recount of %s: %v", id, err)
			continue
		}
		if found.Points != n {
			found.Points = n
			if err := p.put(ctx, *found); err != nil { // want lostupdate
				log.Printf("recount of %s: %v", id, err)
			}
		}
	}
}
