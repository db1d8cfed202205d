/**
 * Beginnings by which issuers mark their tokens so that they can be found, as their own
 * documentation of the formats gives them: `beginning least-length-of-the-rest`. A dot after the
 * number: the rest may contain dots. A plus: standard base64 as well.
 */
const FAMILIES = `
ghp_ 30|gho_ 30|ghu_ 30|ghs_ 30|ghr_ 30|github_pat_ 20
glpat- 15.|gldt- 15|glrt- 15.|glcbt- 15|glptt- 15|glft- 15|glimt- 15|glagent- 15|gloas- 15|glsoat- 15|glffct- 15|glwt- 15|GR1348941 15
xoxa- 10|xoxb- 10|xoxe- 10|xoxe. 10|xoxo- 10|xoxp- 10|xoxr- 10|xoxs- 10|xapp- 10
sk_live_ 10|sk_test_ 10|rk_live_ 10|rk_test_ 10|pk_live_ 10|sk_prod_ 10|rk_prod_ 10|whsec_ 16
sk-ant- 20|sk-proj- 20|sk-svcacct- 20|sk-or- 20|sk- 32|gsk_ 30|xai- 30|pplx- 30|hf_ 30|api_org_ 30|r8_ 30|ABSK 60+|bedrock-api-key- 20+
AKIA 16|ASIA 16|ABIA 16|ACCA 16|A3T 17|LTAI 12|AKID 32
AIza 30|ya29. 20.|GOCSPX- 20|1// 30
npm_ 30|pypi- 50|rubygems_ 30|dckr_pat_ 20|dckr_oat_ 20|nfp_ 30|CLOJARS_ 40|oy2 43
dop_v1_ 30|doo_v1_ 30|dor_v1_ 30|shpat_ 20|shpss_ 20|shpca_ 20|shppa_ 20|sq0atp- 15|sq0csp- 15|sq0idp- 15
SG. 30.|key- 32|xkeysib- 30|xsmtpsib- 30|re_ 30|pat- 30|PMAK- 30|NRAK- 20|NRII- 20|NRJS- 15|NRAA- 20
lin_api_ 30|lin_oauth_ 30|pscale_ 20.|pul- 30|sntrys_ 30+|sntryu_ 30|glc_ 20+|glsa_ 20|dapi 32|dp.pt. 30|dp.st. 30.|dp.ct. 30|dt0c01. 40.|dt0s01. 40.
figd_ 20|fio-u- 30|fo1_ 30|fm1r_ 50+|fm1a_ 50+|fm2_ 50+|hvs. 20|hvb. 20|hvr. 20|AGE-SECRET-KEY-1 40|A3- 25|ops_ 40|phc_ 30|phx_ 30|rdme_ 40
tfp_ 30.|tskey- 15|tkn. 20.|ntn_ 30|secret_ 40|sgp_ 30|sbp_ 30|sb_secret_ 20|pcsk_ 30|aio_ 20|HRKU- 30|CFPAT- 30|EZAK 40|EZTK 40|FLWSECK- 20|FLWSECK_TEST- 12
ATATT3 40+|ATCTT3 40+|ATBB 24|BBDC- 30+|sl. 60|EAAA 50|EAAC 50|EAAG 50|ico- 28|pnu_ 30|p8e- 28|s-s4t2ud- 40|s-s4t2af- 40|shippo_live_ 30|shippo_test_ 30
duffel_live_ 30|duffel_test_ 30|ctp- 30|key_live_ 20|sha256~ 20|AKCp 60|cmVmd 55|amzn.mws. 30|amzn1.oa2-cs 20.|zpka_ 30|vercel_blob_rw_ 20|snyk_ 30|uplk_ 20|wpat_ 20|API- 24
eyJhbGciO 20.|eyJ0eXAiO 20.|eyJraWQiO 20.|eyJlbmMiO 20.|eyJ4NXQ 20.|eyJrIjoi 30
LS0tLS1CRUdJTiBSU0EgUFJJVk 20+|LS0tLS1CRUdJTiBQUklWQVRF 20+|LS0tLS1CRUdJTiBFQyBQUklWQV 20+|LS0tLS1CRUdJTiBPUEVOU1NIIFBS 20+|LS0tLS1CRUdJTiBFTkNSWVBURU 20+|LS0tLS1CRUdJTiBEU0EgUFJJVk 20+
`;

export interface TokenFamily {
  readonly beginning: string;
  /** Least number of characters after the beginning. */
  readonly least: number;
  readonly dots: boolean;
  readonly base64: boolean;
}

export const TOKEN_FAMILIES: readonly TokenFamily[] = FAMILIES.split(/[|\n]/)
  .filter((line) => line !== '')
  .map((line) => {
    const [beginning = '', rest = ''] = line.split(' ');
    return { beginning, least: Number.parseInt(rest, 10), dots: rest.endsWith('.'), base64: rest.endsWith('+') };
  });
