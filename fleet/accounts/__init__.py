"""Who may see and do what: organizations, users, memberships, API keys, tenancy.

Public surface: `models`, `services`, `selectors`, `actors` (who is asking), `scope` (which
organizations' rows the database shows), `tenancy` (base of every tenant model), `rls` (the
migration operations of the second wall). Imports nothing of the project.
"""
