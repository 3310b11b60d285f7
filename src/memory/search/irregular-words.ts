/** Forms that no rule of spelling leads back: each line is a word and the forms that count as it. */
const FAMILIES = `
be been being|become became|begin began begun|bend bent|bite bit bitten|blow blew blown|break broke broken
bring brought|build built|bus buses|buy bought|catch caught|child children kid kids|choose chose chosen|come came|cost costs
dad daddy father|deal dealt|dig dug|draw drew drawn|drink drank drunk|drive drove driven|eat ate eaten
fall fell fallen|feed fed|feel felt|fight fought|find found|fly flew flown|foot feet|forget forgot forgotten
forgive forgave forgiven|freeze froze frozen|give gave given|go went gone goes|grow grew grown|hang hung|hear heard
hide hid hidden|hold held|keep kept|know knew known|lead led|leave left|lend lent|lose lost|make made|man men
mean meant|meet met|mom mum mommy mother|mouse mice|pay paid|person people|photo photos pic pics photograph picture
ride rode ridden|ring rang rung|rise rose risen|run ran|see saw seen|sell sold|send sent|shake shook shaken
shoot shot|show shown|sing sang sung|sit sat|sleep slept|speak spoke spoken|spend spent|stand stood|steal stole stolen
stick stuck|strike struck|swim swam swum|take took taken|teach taught|tear tore torn|tell told|think thought
throw threw thrown|tooth teeth|understand understood|wake woke woken|wear wore worn|wife wives|win won|woman women
write wrote written`;

/** What stands for an irregular form. */
export const IRREGULAR_WORDS: ReadonlyMap<string, string> = new Map(
  FAMILIES.split(/[|\n]/)
    .map((family) => family.split(' '))
    .flatMap(([word = '', ...forms]) => forms.map((form) => [form, word] as const)),
);
