package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/ltskit/ltskit/cmd/lts/internal/profile"
)

func newProfiles(s *session) *cobra.Command {
	noun := newNoun("profiles", "List, choose and delete profiles, which say where a service is and who calls",
		newProfilesList(), newProfilesUse(s), newProfilesDelete(s))
	noun.Long = noun.Short + ".\n\n" +
		"A connection is taken as a whole from one place, the first of these that there is:\n" +
		"  1. the profile that --profile names\n" +
		"  2. the environment, once LTS_ENDPOINT is set: with LTS_PROJECT_ID, and LTS_USER, LTS_DOMAIN and\n" +
		"     LTS_PASSWORD, or LTS_TOKEN, or LTS_ACCESS_KEY and LTS_SECRET_KEY\n" +
		"  3. the profile that LTS_PROFILE names\n" +
		"  4. the current profile: the last one of lts login or lts profiles use"
	return noun
}

var profileTitles = []string{"CURRENT", "NAME", "ENDPOINT", "PROJECT ID", "CALLER"}

// A profileView is how a profile is shown: without secrets.
type profileView struct {
	Name      string `json:"name"`
	Current   bool   `json:"current"`
	Endpoint  string `json:"endpoint"`
	ProjectID string `json:"project_id"`
	Caller    string `json:"caller"` // DOMAIN/USER, or the ID of an access key
}

func viewProfile(name string, p profile.Profile, current bool) profileView {
	caller := p.AccessKey
	if caller == "" {
		caller = p.Domain + "/" + p.User
	}
	return profileView{name, current, p.Endpoint, p.ProjectID, caller}
}

func (v profileView) id() string { return v.Name }

func (v profileView) cells() []string {
	current := ""
	if v.Current {
		current = "*"
	}
	return []string{current, v.Name, v.Endpoint, v.ProjectID, v.Caller}
}

func newProfilesList() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use: "list", Aliases: []string{"ls"}, Args: cobra.NoArgs,
		Short: "List the profiles, without their secrets",
		RunE: func(cmd *cobra.Command, _ []string) error {
			file, err := profile.Load()
			if err != nil {
				return err
			}
			var views []profileView
			for _, name := range file.Names() {
				p, err := file.Profile(name)
				if err != nil {
					return err
				}
				views = append(views, viewProfile(name, p, name == file.Current))
			}
			return showAll(cmd.OutOrStdout(), format, profileTitles, views)
		},
	}
	addOutput(cmd, &format, "`format`: table, json, jsonl (an object a line), raw (a name a line)")
	return cmd
}

func newProfilesUse(s *session) *cobra.Command {
	return &cobra.Command{
		Use: "use NAME", Args: takes(1, 1), ValidArgsFunction: completeProfiles,
		Short: "Make a profile the current one",
		RunE: func(cmd *cobra.Command, args []string) error {
			file, err := profile.Load()
			if err != nil {
				return err
			}
			if _, err := file.Profile(args[0]); err != nil {
				return err
			}
			file.Current = args[0]
			if err := file.Save(); err != nil {
				return err
			}
			s.note(cmd, "profile %s is the current one", args[0])
			return nil
		},
	}
}

func newProfilesDelete(s *session) *cobra.Command {
	var d deletion
	cmd := &cobra.Command{
		Use: "delete NAME...", Aliases: []string{"rm"}, Args: takes(1, 0), ValidArgsFunction: completeProfiles,
		Short: "Forget profiles with their secrets",
		RunE: func(cmd *cobra.Command, args []string) error {
			file, err := profile.Load()
			if err != nil {
				return err
			}
			var all []doomed
			for _, name := range args {
				if _, err := file.Profile(name); err != nil {
					return err
				}
				if _, kept := file.Profiles[name]; !kept {
					return fmt.Errorf("profile %s is built in and cannot be deleted", name)
				}
				all = append(all, doomed{what: "profile " + name, things: 1, delete: func() error {
					delete(file.Profiles, name)
					if file.Current == name {
						file.Current = ""
					}
					return file.Save()
				}})
			}
			return d.carryOut(s, cmd, all)
		},
	}
	d.addFlags(cmd)
	return cmd
}
