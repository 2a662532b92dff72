-- What is withheld from an enterprise stands in facilitation_blocks, and a proposal to suspend it in the notice that
-- makes it (0024): one place for all facilitations. The tables of direct release alone were never written.
drop table direct_blocks;
drop table direct_suspensions;
