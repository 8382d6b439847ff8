// An OpenID provider on loopback for the tests of sign-in.   usage: provider.mjs PORT CLIENT_SECRET REDIRECT_URI
// Anybody signs in under any name and password; `groups` are what stands before the @, and "late" gets expired tokens.
import { Provider } from 'oidc-provider'

const [port, secret, redirect] = process.argv.slice(2)
const issuer = `http://127.0.0.1:${port}`

const account = (id) => ({
  accountId: id,
  claims: () => ({
    sub: id,
    email: id,
    email_verified: !id.startsWith('unverified'),
    groups: [id.split('@')[0]],
  }),
})

// the library makes no token that is expired, so for one answer its clock is put back
const now = Date.now
const backTwoHours = () => {
  Date.now = () => now() - 7200_000
  setTimeout(() => { Date.now = now }, 500)
}

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'plumbline',
      client_secret: secret,
      redirect_uris: [redirect],
      post_logout_redirect_uris: [redirect],
    },
  ],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['groups'] },
  conformIdTokenClaims: false,
  cookies: { keys: ['only for tests'] },
  findAccount: (_ctx, id) => account(id),
  // consent is given beforehand, so that signing in is one form
  async loadExistingGrant(ctx) {
    const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId })
    grant.addOIDCScope('openid email profile')
    await grant.save()
    return grant
  },
  ttl: {
    IdToken: (ctx) => {
      if (ctx.oidc.entities.Account?.accountId.startsWith('late')) backTwoHours()
      return 3600
    },
    AccessToken: 3600, AuthorizationCode: 60, Grant: 3600, Interaction: 3600, Session: 3600,
  },
})
provider.listen(Number(port), '127.0.0.1', () => console.log('The provider is listening'))
