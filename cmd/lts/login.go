package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ltskit/ltskit/client"
	"github.com/ltskit/ltskit/cmd/lts/internal/profile"
	"github.com/ltskit/ltskit/cmd/lts/internal/terminal"
	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/openapi/suggest"
)

// defaultProfile is the name of a profile that is given none.
const defaultProfile = "default"

type loginCommand struct {
	*session
	dev           bool
	project       string // name
	passwordStdin bool
	forget        bool
	profile.Profile
}

func newLogin(s *session) *cobra.Command {
	l := &loginCommand{session: s}
	cmd := &cobra.Command{
		Use: "login", Args: cobra.NoArgs, ValidArgsFunction: cobra.NoFileCompletions,
		Short: "Check who you are with a service, and keep it as a profile",
		Long: "Check an endpoint, a project and a user or a pair of keys with the service, and keep them as a\n" +
			"profile, which becomes the current one. On a terminal it asks for what the flags do not say.\n\n" +
			"The password comes from LTS_PASSWORD, from standard input with --password-stdin, or from the\n" +
			"terminal, where it is not shown. The secret key comes from LTS_SECRET_KEY or the terminal. The\n" +
			"file of the profiles can be read by you alone. With --ca-file the profile trusts a certificate.",
		Example: "  lts login --dev\n" +
			"  lts login --dev --endpoint https://127.0.0.1:8443 --ca-file lts-data/tls/cert.pem\n" +
			"  lts login --endpoint https://lts.example.com --domain acme --user alice --project prod\n" +
			"  lts login --profile ci --endpoint https://lts.example.com --access-key ID --project-id ID",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return interruptible(cmd.Context(), l.run(cmd))
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&l.dev, "dev", false, "the development credentials of lts serve; the profile is dev, the endpoint "+profile.DevEndpoint)
	flags.StringVar(&l.Endpoint, "endpoint", "", "base `URL` of the log service")
	flags.StringVar(&l.IAMEndpoint, "iam-endpoint", "", "base `URL` of the identity service; default follows from --endpoint")
	flags.StringVar(&l.GAEndpoint, "ga-endpoint", "", "base `URL` of Global Accelerator; default follows from --endpoint")
	flags.StringVar(&l.Domain, "domain", "", "`name` of the domain")
	flags.StringVar(&l.User, "user", "", "`name` of the user")
	flags.StringVar(&l.project, "project", "", "`name` of the project; default the only one that the user has")
	flags.StringVar(&l.ProjectID, "project-id", "", "`ID` of the project, in place of its name")
	flags.StringVar(&l.AccessKey, "access-key", "", "`ID` of an access key that signs requests, in place of a user")
	flags.BoolVar(&l.passwordStdin, "password-stdin", false, "read the password from standard input")
	flags.BoolVar(&l.forget, "forget-secret", false, "keep neither password nor secret key; LTS_PASSWORD or LTS_SECRET_KEY has them later")
	for _, other := range []string{"domain", "user", "project", "password-stdin"} {
		cmd.MarkFlagsMutuallyExclusive("access-key", other)
	}
	for _, other := range []string{"domain", "user", "project", "project-id", "access-key", "password-stdin", "forget-secret"} {
		cmd.MarkFlagsMutuallyExclusive("dev", other)
	}
	cmd.MarkFlagsMutuallyExclusive("project", "project-id")
	return cmd
}

func (l *loginCommand) run(cmd *cobra.Command) error {
	name := l.profileName()
	file, err := profile.Load()
	if err != nil {
		return err
	}
	if l.caFile != "" {
		if l.CAFile, err = filepath.Abs(l.caFile); err != nil { // the profile is used in other folders
			return err
		}
	}
	if err := l.complete(cmd); err != nil {
		return err
	}
	if err := l.check(cmd); err != nil {
		return err
	}
	if l.forget {
		l.Password, l.SecretKey = "", ""
	}
	file.Profiles[name], file.Current = l.Profile, name
	if err := file.Save(); err != nil {
		return err
	}
	l.note(cmd, "logged in to %s; profile %s is the current one, kept in %s", l.Endpoint, name, file.Path())
	return nil
}

func (l *loginCommand) profileName() string {
	switch {
	case l.profile != "":
		return l.profile
	case l.dev:
		return profile.Dev
	default:
		return defaultProfile
	}
}

// complete asks for what the flags do not say.
func (l *loginCommand) complete(cmd *cobra.Command) error {
	if l.dev {
		given := l.Profile
		l.Profile = profile.Development(profile.DevEndpoint)
		if given.Endpoint != "" {
			l.Endpoint = given.Endpoint
		}
		l.IAMEndpoint, l.GAEndpoint, l.CAFile = given.IAMEndpoint, given.GAEndpoint, given.CAFile
		return nil
	}
	if err := ask(cmd, &l.Endpoint, "endpoint", "Endpoint, such as https://lts.example.com: "); err != nil {
		return err
	}
	if _, err := l.IdentityClient("none", l.options(cmd)...); err != nil { // before anything else is asked
		return err
	}
	if l.AccessKey != "" {
		if err := ask(cmd, &l.ProjectID, "project-id", "ID of the project: "); err != nil {
			return err
		}
		return askSecret(cmd, &l.SecretKey, "LTS_SECRET_KEY", "Secret key: ")
	}
	if err := ask(cmd, &l.Domain, "domain", "Domain: "); err != nil {
		return err
	}
	if err := ask(cmd, &l.User, "user", "User: "); err != nil {
		return err
	}
	if l.passwordStdin {
		var err error
		if l.Password, err = terminal.ReadLine(cmd.InOrStdin()); err != nil || l.Password == "" {
			return errors.New("--password-stdin: the standard input has no password")
		}
		return nil
	}
	return askSecret(cmd, &l.Password, "LTS_PASSWORD", "Password: ")
}

// ask asks for the value of a flag that was not given.
func ask(cmd *cobra.Command, value *string, flag, question string) error {
	if *value != "" {
		return nil
	}
	answer, err := terminal.Ask(cmd.Context(), cmd.InOrStdin(), cmd.ErrOrStderr(), question)
	if errors.Is(err, terminal.ErrNobody) || err == nil && strings.TrimSpace(answer) == "" {
		return fmt.Errorf("--%s is missing", flag)
	}
	*value = strings.TrimSpace(answer)
	return err
}

// askSecret takes a secret from a variable, or asks for it.
func askSecret(cmd *cobra.Command, value *string, variable, question string) error {
	if *value = os.Getenv(variable); *value != "" {
		return nil
	}
	answer, err := terminal.Password(cmd.Context(), cmd.InOrStdin(), cmd.ErrOrStderr(), question)
	if errors.Is(err, terminal.ErrNobody) || err == nil && answer == "" {
		return fmt.Errorf("%s is not set, and there is no terminal to ask on", variable)
	}
	*value = answer
	return err
}

// check finds the project and asks the service something, so that a profile that
// is kept works.
func (l *loginCommand) check(cmd *cobra.Command) error {
	if l.ProjectID == "" {
		if err := l.findProject(cmd); err != nil {
			return err
		}
	}
	c, err := l.Client(l.options(cmd)...)
	if err != nil {
		return err
	}
	_, err = c.Groups.List(cmd.Context())
	return wrongSecret(err)
}

// wrongSecret words the answer to a wrong password. The hint of other commands,
// to log in, would be of no use.
func wrongSecret(err error) error {
	if errors.Is(err, lts.ErrBadCredentials) {
		return fmt.Errorf("the service does not know this user with this password, or not in this domain: %s",
			strings.TrimPrefix(err.Error(), "client: "))
	}
	return err
}

// findProject finds the ID of the project among those that the user may use. It
// asks which one where there are several.
func (l *loginCommand) findProject(cmd *cobra.Command) error {
	projects, err := l.projects(cmd.Context(), l.options(cmd))
	if err != nil {
		return err
	}
	if l.project == "" && len(projects) == 1 {
		l.ProjectID = projects[0].ID
		return nil
	}
	names := make([]string, len(projects))
	for i, p := range projects {
		names[i] = p.Name
	}
	list := strings.Join(names, ", ")
	if len(projects) == 0 {
		return errors.New("the user may use no project")
	}
	err = ask(cmd, &l.project, "project", "Project, one of "+list+": ")
	if err != nil && cmd.Context().Err() == nil {
		err = fmt.Errorf("%w: the user may use %s", err, list)
	}
	if err != nil {
		return err
	}
	i := slices.Index(names, l.project)
	if i < 0 {
		return fmt.Errorf("--project: the user may use no project %q, only %s%s", l.project, list, suggest.DidYouMean(l.project, names))
	}
	l.ProjectID = projects[i].ID
	return nil
}

// projects lists the projects that the user may use.
func (l *loginCommand) projects(ctx context.Context, opts []client.Option) ([]lts.Project, error) {
	c, err := l.IdentityClient("none", opts...)
	if err != nil {
		return nil, err
	}
	domain := lts.Reference{Name: l.Domain}
	token, err := c.Tokens.Create(ctx, lts.Credentials{UserName: l.User, Domain: domain, Password: l.Password, DomainScope: &domain})
	if err != nil {
		return nil, wrongSecret(err)
	}
	if c, err = l.IdentityClient(token.Value, opts...); err != nil {
		return nil, err
	}
	return c.Tokens.Projects(ctx, "")
}
