package main

import (
	"encoding/json"
	"errors"
	"net/http"

	"example.com/giftcard/internal/campaign"
	"example.com/giftcard/internal/card"
	"example.com/giftcard/internal/shop"
)

type server struct {
	shop      *shop.Shop
	campaigns *campaign.Campaigns
}

func (s *server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /cards", s.sell)
	mux.HandleFunc("GET /cards/{id}", s.balance)
	mux.HandleFunc("PUT /cards/{id}/email", s.give)
	mux.HandleFunc("POST /cards/{id}/payments", s.redeem)
	mux.HandleFunc("POST /campaigns/{id}/cards", s.issue)
	return mux
}

func (s *server) sell(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Email string
		Cents int64
	}
	if !read(w, r, &in) {
		return
	}
	c, err := s.shop.Sell(r.Context(), in.Email, in.Cents)
	reply(w, c, err)
}

func (s *server) balance(w http.ResponseWriter, r *http.Request) {
	cents, err := s.shop.Balance(r.Context(), r.PathValue("id"))
	reply(w, cents, err)
}

func (s *server) give(w http.ResponseWriter, r *http.Request) {
	var in struct{ Email string }
	if !read(w, r, &in) {
		return
	}
	reply(w, nil, s.shop.Give(r.Context(), r.PathValue("id"), in.Email))
}

func (s *server) redeem(w http.ResponseWriter, r *http.Request) {
	var in struct{ Cents int64 }
	if !read(w, r, &in) {
		return
	}
	left, err := s.shop.Redeem(r.Context(), r.PathValue("id"), in.Cents)
	reply(w, left, err)
}

func (s *server) issue(w http.ResponseWriter, r *http.Request) {
	var in struct{ Emails []string }
	if !read(w, r, &in) {
		return
	}
	cards, err := s.campaigns.Issue(r.Context(), r.PathValue("id"), in.Emails)
	reply(w, cards, err)
}

func read(w http.ResponseWriter, r *http.Request, v any) bool {
	if err := json.NewDecoder(r.Body).Decode(v); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return false
	}
	return true
}

func reply(w http.ResponseWriter, v any, err error) {
	switch {
	case errors.Is(err, card.ErrNotFound):
		http.Error(w, err.Error(), http.StatusNotFound)
	case errors.Is(err, card.ErrBalance), errors.Is(err, card.ErrQuota), errors.Is(err, card.ErrConflict):
		http.Error(w, err.Error(), http.StatusConflict)
	case err != nil:
		http.Error(w, "internal error", http.StatusInternalServerError)
	default:
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(v); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	}
}
