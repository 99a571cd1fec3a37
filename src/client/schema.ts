/* Generated from openapi.json by "node scripts/start-check.mjs --write". */

export interface paths {
  '/healthz': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** The process is alive */
    get: operations['getHealth'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/metrics': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Numbers for Prometheus; an API key needs the scope "operate" */
    get: operations['getMetrics'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/readyz': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Work can be done: the database answers and has space, the queue answers, and the networks are there */
    get: operations['getReadiness'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/constraints': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** What was said about who is who, the oldest first */
    get: operations['listConstraints'];
    put?: never;
    /**
     * Say who is who: tracks show a person (mustLink) or do not (cannotLink), two people are one or are not
     * @description It outweighs what the faces say, also after a new analysis, until it is deleted. 409 when it cannot be so: the two were seen in one frame.
     */
    post: operations['createConstraint'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/constraints/{id}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post?: never;
    /** Undo what was said: who was made one is two again, and faces tell who is who */
    delete: operations['deleteConstraint'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/constraints/suggestions': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /**
     * Pairs of people who look alike and may be one, the most alike first
     * @description A mustLink accepts a pair, a cannotLink refuses it for good. Nobody who is hidden, or was seen in one frame with the other.
     */
    get: operations['listConstraintSuggestions'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/corrections': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /**
     * What people have corrected, beside what the machine had said: training data
     * @description Genres and credits first, then who is who (the constraints), each the oldest first. Times are seconds on a player's clock.
     */
    get: operations['listCorrections'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/credits': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /**
     * Names that were read in the closing credits of the library
     * @description Of titles that were analysed for `billing`. Words match from their beginning, without case and accents.
     */
    get: operations['searchCredits'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/doctor': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** What is there, what is missing and how to get it, for operators of the default tenant */
    get: operations['getDoctorReport'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/gallery/map': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** The map of all faces as it was last drawn, those with the most faces first */
    get: operations['getFaceMap'];
    put?: never;
    /**
     * Draw the map of all faces, in a job
     * @description UMAP of the faces of photos and films, by the cosines of their 15 nearest. The same faces make the same map.
     */
    post: operations['drawFaceMap'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/guide': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** The broadcast guides, how fresh they are, and what is wrong with them, for operators of the default tenant */
    get: operations['getGuide'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/guide/refresh': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /**
     * Read all broadcast guides again now, in a job
     * @description A source that fails keeps the programmes that it had. 400 without KINOSCOPE_GUIDE.
     */
    post: operations['refreshGuide'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/identify': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /**
     * Who is in a picture: the best name and two alternatives for each face
     * @description Where the photo shows a screen, that is straightened and the faces are looked for in both; of several faces each is answered, with its box. With title, only people of that title are considered; with at and place (a photo of a screen), only people of what was on air there and then, as the broadcast guide says. Where and when the photo was taken is read from its EXIF with useExif alone. It is deleted before the answer.
     */
    post: operations['identifyPeople'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/jobs': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** All jobs, those in one state or about one title, the newest first */
    get: operations['listJobs'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/jobs/{id}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** How far a job is */
    get: operations['getJob'];
    put?: never;
    post?: never;
    /** Cancel a job; one that has ended stays as it ended */
    delete: operations['cancelJob'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/jobs/{id}/events': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /**
     * Follow a job: one event now, one after every change, the last when it has ended
     * @description Server-sent events of the type "job"; the data of each is the job as JSON.
     */
    get: operations['followJob'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/jobs/{id}/retry': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /**
     * Try a failed or cancelled job again
     * @description With all its attempts, and with the jobs that ended because it comes before or after them.
     */
    post: operations['retryJob'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/jobs/events': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Follow all jobs: the newest and the active ones now, then one event after every change */
    get: operations['followJobs'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/keys': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** API keys without their secrets, the newest first; revoked ones too */
    get: operations['listKeys'];
    put?: never;
    /** Make an API key of the caller's tenant */
    post: operations['createKey'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/keys/{id}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post?: never;
    /** Refuse a key from now on */
    delete: operations['revokeKey'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/people': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** People of the gallery and strangers of films, the oldest first */
    get: operations['listPeople'];
    put?: never;
    /**
     * Add somebody to the gallery, with photos as multipart/form-data or without as JSON
     * @description Films that were analysed before are named too. 409 when somebody has the name; 422 when no photo shows a face.
     */
    post: operations['createPerson'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/people/{id}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Somebody, with their photos and the titles that they appear in */
    get: operations['getPerson'];
    put?: never;
    post?: never;
    /** Delete all that is known of somebody: photos, embeddings in all titles, names in answers, pictures */
    delete: operations['deletePerson'];
    options?: never;
    head?: never;
    /** Name or rename somebody (everywhere, in all films), give them aliases, hide them or show them again */
    patch: operations['updatePerson'];
    trace?: never;
  };
  '/v1/people/{id}/broadcasts': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /**
     * When somebody was last on air, and when they will be next
     * @description In programmes whose credits name them, and in those that are titles which they appear in. Nothing without KINOSCOPE_GUIDE; 404 where no broadcast guide covers the place.
     */
    get: operations['getPersonBroadcasts'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/people/{id}/face': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** A small picture of somebody, cut from the title that shows them best */
    get: operations['getFace'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/people/{id}/merge': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /**
     * Others are this person
     * @deprecated
     * @description 409 when two of them were seen in one frame.
     */
    post: operations['mergePeople'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/people/{id}/not': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /**
     * These tracks do not show this person; that is remembered
     * @deprecated
     */
    post: operations['rejectTracks'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/people/{id}/photos': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** What was learnt from; the pictures themselves are not kept */
    get: operations['listPhotos'];
    put?: never;
    /** Learn somebody from more photos */
    post: operations['addPhotos'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/people/{id}/photos/{photo}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post?: never;
    /** Forget what was learnt from one photo */
    delete: operations['deletePhoto'];
    options?: never;
    head?: never;
    /**
     * Say whether a photo that was found by name shows the person
     * @description One that does not teaches nothing, and is not proposed again. 409 for a photo that somebody gave.
     */
    patch: operations['judgePhoto'];
    trace?: never;
  };
  '/v1/people/{id}/split': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /**
     * Some tracks of this person show somebody else: a new person, or one who is there
     * @description Deleting the cannotLink between the two takes it back. 409 when the name is taken, or the other one is on screen beside a track.
     */
    post: operations['splitPerson'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/people/{id}/tracks': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /**
     * These tracks show this person
     * @deprecated
     * @description 409 when the person is on screen beside one of them.
     */
    post: operations['assignTracks'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/people/fetch': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /**
     * Look for photos of who is named of a title, in a job
     * @description By the names of its credits and of its source, of whom nobody has given photos: beside the film, in .nfo files, in the folders and sites of the settings. Each photo says where it was found (`proposedFrom`).
     */
    post: operations['fetchPhotos'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/series/{series}/players': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Whether a series reaches players */
    get: operations['getSeriesPlayers'];
    /**
     * Switch a series off for players, or on again
     * @description For its episodes of today and of tomorrow; what is said of a title itself wins.
     */
    put: operations['setSeriesPlayers'];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/series/{series}/skip': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** How players treat what can be skipped of a series */
    get: operations['getSkipSettings'];
    /**
     * Say how players treat what can be skipped of a series
     * @description What is left out stays as it is.
     */
    put: operations['setSkipSettings'];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/session': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    /** Keep an API key in a cookie that scripts cannot read */
    post: operations['startSession'];
    /** Forget the cookie */
    delete: operations['endSession'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/titles': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /**
     * Titles with what was found and is being done about them
     * @description All conditions that are given must hold.
     */
    get: operations['listTitles'];
    put?: never;
    /**
     * Create a title from a path, a link or an upload
     * @description A path and an upload answer 201 with the title (the same content is the same title). A link answers 202 at once, with the title, the job that fetches its film and the one that analyses it afterwards.
     */
    post: operations['createTitle'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/titles/{id}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** One title */
    get: operations['getTitle'];
    put?: never;
    post?: never;
    /** Delete a title, its answers and an uploaded or downloaded film */
    delete: operations['deleteTitle'];
    options?: never;
    head?: never;
    /**
     * Say what a title is: its name, year, series, season, episode and description, and whether its answers reach players
     * @description It stays, whatever its source says later. null: it has none.
     */
    patch: operations['updateTitle'];
    trace?: never;
  };
  '/v1/titles/{id}/analyses': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** The stored answers of a title */
    get: operations['listAnalyses'];
    put?: never;
    /**
     * Analyse a title
     * @description 202 with a job, or 200 without one when every answer asked for is stored and up to date.
     */
    post: operations['startAnalysis'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/titles/{id}/annotated': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** The film with boxes and names, once it was written, with byte ranges */
    get: operations['getAnnotatedFilm'];
    put?: never;
    /**
     * Write the film with a box and a name around every face
     * @description A job, after one that analyses the cast where that was not done. The film takes the place of the one that was written before.
     */
    post: operations['startAnnotatedFilm'];
    /** Delete the film with boxes and names */
    delete: operations['deleteAnnotatedFilm'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/titles/{id}/broadcasts': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /**
     * When a title was last on air, and when it will be next
     * @description A programme is a title by an id of both, else by name and year, of an episode by its number. Nothing without KINOSCOPE_GUIDE; 404 where no broadcast guide covers the place.
     */
    get: operations['getTitleBroadcasts'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/titles/{id}/cast': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Who is in which scene; with t, who is on screen at that second */
    get: operations['getCastAt'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/titles/{id}/cast-list': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /**
     * Who is named of a title, and by whom
     * @description Faces that are like one of them get that name sooner; nobody is named who is not of the gallery.
     */
    get: operations['getCastList'];
    /**
     * Say who is in a title, in place of what was said so before
     * @description Who its source or its credits name stays named; the title's faces are named anew.
     */
    put: operations['setCastList'];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/titles/{id}/corrections/credits': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    /**
     * Say where the credits start and what they are made of, or that there are none
     * @description It is certain, is answered and exported in place of what the machine says, which stays beside it, and survives a new analysis until it is deleted. What is left out stays as it is answered now. 409 while it is locked.
     */
    put: operations['setCreditsCorrection'];
    post?: never;
    /** Undo what was said of the credits: what the machine says is answered again */
    delete: operations['deleteCreditsCorrection'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/titles/{id}/corrections/genre': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    /**
     * Say which genres a title is of
     * @description As with the credits: certain, in place of what the machine says, until it is deleted.
     */
    put: operations['setGenreCorrection'];
    post?: never;
    /** Undo what was said of the genre: what the machine says is answered again */
    delete: operations['deleteGenreCorrection'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/titles/{id}/corrections/segments': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    /**
     * Say where opening titles, recap and preview are, or that there are none
     * @description As with the credits: certain, in place of what the season says, until it is deleted.
     */
    put: operations['setSegmentsCorrection'];
    post?: never;
    /** Undo what was said of opening titles, recap and preview: what the season says is answered again */
    delete: operations['deleteSegmentsCorrection'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/titles/{id}/credits': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Where the closing credits start, and when to offer the next episode */
    get: operations['getCredits'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/titles/{id}/credits/text': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /**
     * Who the closing credits name, and for what
     * @description Read from the screen, with the second at which each line stands. Asked for as the analysis `billing`, which follows that of the credits. What cannot be read is left out.
     */
    get: operations['getCreditsText'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/titles/{id}/export': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /**
     * The stored answers as players and other services read them
     * @description vtt: WebVTT chapters; edl: MPlayer and Kodi edit decision list; chapters: FFmpeg metadata; matroska: chapters for mkvmerge and mkvpropedit; jellyfin: media segments; nfo: who the credits name, as Kodi and Jellyfin read it; csv: the same as a table; rekognition, rekognition-segments: as GetCelebrityRecognition and GetSegmentDetection of Amazon Rekognition answer. Credits that are not sure are left out, and all of a title or series that is switched off for players; a comment says so where the format has comments.
     */
    get: operations['exportTitle'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/titles/{id}/file': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** The film, with byte ranges, for workers that have not this disk; a key of the default tenant opens any tenant's */
    get: operations['getTitleFile'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/titles/{id}/genre': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** The three most likely genres */
    get: operations['getGenre'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/titles/{id}/media': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** The film itself, with byte ranges, for the studio page */
    get: operations['getTitleMedia'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/titles/{id}/poster': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** A frame that stands for the film */
    get: operations['getPoster'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/titles/{id}/proxy': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** How a browser can play the film, and how far the copy for it is */
    get: operations['getProxy'];
    put?: never;
    /**
     * Write a copy of the film that browsers play
     * @description Fragmented MP4 of H.264 and AAC, at most 720p, in SDR; pictures and sound that browsers play are taken over as they are. A job writes it, one for all titles of the same content, and it can be watched meanwhile; where it is there nothing is done.
     */
    post: operations['startProxy'];
    /** Delete the copy, and end the job that writes it */
    delete: operations['deleteProxy'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/titles/{id}/proxy/film': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** The copy, as far as it is written, with byte ranges */
    get: operations['getProxyFilm'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/titles/{id}/segments': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /**
     * Recap, opening titles, credits, scenes among them and preview, in order of time
     * @description Opening titles, recap and preview are learnt from the other episodes of the season, in a job that follows the last analysis of one of them. Players act on what is sure.
     */
    get: operations['getSegments'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/titles/{id}/shots': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** The shots: between cuts, fades and dissolves */
    get: operations['getShots'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/titles/{id}/sound': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /**
     * What the sound is like: loudness and its range, shares of speech and of silence, cuts a minute
     * @description Levels as EBU R 128 has them. A film without sound has an answer, too: its `reason` says why nothing is told.
     */
    get: operations['getSound'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/titles/{id}/still': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** The frame that a player shows at t */
    get: operations['getStill'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/titles/{id}/tracks': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /**
     * Faces, or everybody, on their way through the film, with names
     * @description What a player asks for ahead of a pause: between two samples a box moves evenly, before the first and after the last it stays.
     */
    get: operations['listTracks'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/uploads': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** Uploads that are no titles yet */
    get: operations['listUploads'];
    put?: never;
    /**
     * Begin an upload that may be broken off and go on
     * @description Speaks tus 1.0.0 (https://tus.io) with the extensions creation, expiration and termination: Upload-Length says how long the file is, Upload-Metadata its filename; Location is where it goes. Once it is whole, POST /v1/titles with its id makes a title of it.
     */
    post: operations['createUpload'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/uploads/{id}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post?: never;
    /** Delete an upload that is no title yet */
    delete: operations['deleteUpload'];
    options?: never;
    /** How much of an upload is there (Upload-Offset) */
    head: operations['headUpload'];
    /**
     * Send more of an upload, from Upload-Offset on
     * @description Speaks tus 1.0.0 (https://tus.io) with the extensions creation, expiration and termination: the body is the bytes.
     */
    patch: operations['appendUpload'];
    trace?: never;
  };
  '/v1/webhooks': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    /** The links that are told, without their secrets */
    get: operations['listWebhooks'];
    put?: never;
    /**
     * Have jobs of titles told to a link when they have ended
     * @description A POST of the job as GET /v1/jobs/{id} shows it, signed as Standard Webhooks says: webhook-signature is "v1," and the base64 HMAC-SHA256 over "{webhook-id}.{webhook-timestamp}.{body}" with the secret's bytes (base64 after "whsec_"). Any answer but 2xx within 10 s is tried again, 12 times in about an hour. A message may come twice, with the same webhook-id.
     */
    post: operations['createWebhook'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/webhooks/{id}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post?: never;
    /** Tell this link nothing more */
    delete: operations['deleteWebhook'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    Analyses: {
      analyses: components['schemas']['Analysis'][];
      /** @description What makes those that are missing */
      job: components['schemas']['Job'] | null;
    };
    AnalysesInput: {
      /**
       * @description Analyse again although the answer is stored
       * @default false
       */
      force?: boolean;
      /**
       * @default [
       *       "genre",
       *       "credits",
       *       "cast",
       *       "sound"
       *     ]
       */
      kinds?: components['schemas']['AnalysisKind'][];
      /**
       * @description Jobs of a lower number start first
       * @default 0
       */
      priority?: number;
    };
    Analysis:
      | {
          /** @description Rules, parameters and networks that made it, by version and hash */
          detectorVersion: string;
          /** @description ISO 8601, UTC */
          finishedAt: string;
          /** @constant */
          kind: 'genre';
          result: components['schemas']['GenreResult'];
          /** @description The film ended before its container said that it would */
          truncated: boolean;
        }
      | {
          /** @description Rules, parameters and networks that made it, by version and hash */
          detectorVersion: string;
          /** @description ISO 8601, UTC */
          finishedAt: string;
          /** @constant */
          kind: 'credits';
          result: components['schemas']['CreditsResult'];
          /** @description The film ended before its container said that it would */
          truncated: boolean;
        }
      | {
          /** @description Rules, parameters and networks that made it, by version and hash */
          detectorVersion: string;
          /** @description ISO 8601, UTC */
          finishedAt: string;
          /** @constant */
          kind: 'billing';
          result: components['schemas']['BillingResult'];
          /** @description The film ended before its container said that it would */
          truncated: boolean;
        }
      | {
          /** @description Rules, parameters and networks that made it, by version and hash */
          detectorVersion: string;
          /** @description ISO 8601, UTC */
          finishedAt: string;
          /** @constant */
          kind: 'cast';
          result: components['schemas']['CastResult'];
          /** @description The film ended before its container said that it would */
          truncated: boolean;
        }
      | {
          /** @description Rules, parameters and networks that made it, by version and hash */
          detectorVersion: string;
          /** @description ISO 8601, UTC */
          finishedAt: string;
          /** @constant */
          kind: 'sound';
          result: components['schemas']['SoundResult'];
          /** @description The film ended before its container said that it would */
          truncated: boolean;
        }
      | {
          /** @description Rules, parameters and networks that made it, by version and hash */
          detectorVersion: string;
          /** @description ISO 8601, UTC */
          finishedAt: string;
          /** @constant */
          kind: 'shots';
          result: components['schemas']['ShotsResult'];
          /** @description The film ended before its container said that it would */
          truncated: boolean;
        };
    /** @enum {string} */
    AnalysisKind: 'genre' | 'credits' | 'billing' | 'cast' | 'sound' | 'shots';
    ApiKey: {
      /** @description ISO 8601, UTC */
      createdAt: string;
      expiresAt: string | null;
      id: string;
      name: string;
      revokedAt: string | null;
      scopes: ('read' | 'write' | 'people' | 'operate')[];
      tenant: string;
    };
    ApiKeyInput: {
      /** @description For how long it is valid; unset: until it is revoked */
      days?: number;
      name: string;
      /**
       * @default [
       *       "read",
       *       "write"
       *     ]
       */
      scopes?: ('read' | 'write' | 'people' | 'operate')[];
    };
    ApiKeys: { items: components['schemas']['ApiKey'][] };
    BilledActor: {
      actor: string;
      /** @description null where nobody says whom they play */
      character: string | null;
      /** @description That every letter is right */
      confidence: number;
      end: number;
      start: number;
      /** @description Whether it is right so surely that it reaches players and files of libraries */
      sure: boolean;
    };
    BilledCrew: {
      /** @description The heading that the role stands under */
      department: string | null;
      names: components['schemas']['BilledText'][];
      role: string;
    };
    BilledLine: { end: number; parts: components['schemas']['BilledPart'][]; start: number };
    BilledName: {
      confidence: number;
      department: string | null;
      end: number;
      /** @enum {string} */
      kind: 'cast' | 'crew';
      /** @description As one writes it: what the screen has in capitals is spelled */
      name: string;
      /** @description What they did; of the cast, whom they play, null where nobody says it */
      role: string | null;
      /** @description When it can be read, on the clock of a player */
      start: number;
      /** @description Whether it is right so surely that it reaches players and files of libraries */
      sure: boolean;
      /** @description The title's name */
      title: string;
      titleId: string;
    };
    BilledPage: {
      items: components['schemas']['BilledName'][];
      /** @description Of the next page; null on the last */
      nextCursor: string | null;
    };
    BilledPart: {
      /** @description That every letter is right */
      confidence: number;
      end: number;
      start: number;
      text: string;
    };
    BilledSong: {
      /** @description That every letter is right */
      confidence: number;
      end: number;
      /** @description What is said of it */
      lines: string[];
      start: number;
      /** @description Whether it is right so surely that it reaches players and files of libraries */
      sure: boolean;
      title: string;
    };
    BilledText: {
      /** @description That every letter is right */
      confidence: number;
      end: number;
      start: number;
      /** @description Whether it is right so surely that it reaches players and files of libraries */
      sure: boolean;
      text: string;
    };
    Billing: {
      /** @description In the order of the screen; names in capitals are spelled as one writes them */
      cast: components['schemas']['BilledActor'][];
      companies: components['schemas']['BilledText'][];
      crew: components['schemas']['BilledCrew'][];
      /** @description Rules, parameters and networks that made it, by version and hash */
      detectorVersion: string;
      /** @description All that was read: texts side by side are parts of one line. Start and end: when it was seen */
      lines: components['schemas']['BilledLine'][];
      /** @description Versions of the networks that took part */
      models: string[];
      /** @description Why nothing was read; empty where something was */
      reason: string;
      songs: components['schemas']['BilledSong'][];
      /** @description The film ended before its container said that it would */
      truncated: boolean;
    };
    BillingResult: {
      /** @description In the order of the screen; names in capitals are spelled as one writes them */
      cast: components['schemas']['BilledActor'][];
      companies: components['schemas']['BilledText'][];
      crew: components['schemas']['BilledCrew'][];
      /** @description All that was read: texts side by side are parts of one line. Start and end: when it was seen */
      lines: components['schemas']['BilledLine'][];
      /** @description Versions of the networks that took part */
      models: string[];
      /** @description Why nothing was read; empty where something was */
      reason: string;
      songs: components['schemas']['BilledSong'][];
    };
    Broadcast: {
      channel: string;
      episode: number | null;
      season: number | null;
      /** @description ISO 8601, UTC */
      start: string;
      /** @description ISO 8601, UTC */
      stop: string;
      /** @description Of an episode */
      subtitle: string | null;
      title: string;
    };
    Broadcasts: {
      /** @description What has last begun, on air still or not; null: the guides know of none */
      last: components['schemas']['Broadcast'] | null;
      /** @description What begins next; null: the guides know of none */
      next: components['schemas']['Broadcast'] | null;
    };
    Cast: {
      /** @description Rules, parameters and networks that made it, by version and hash */
      detectorVersion: string;
      /** @description Why nobody can be named (another network has read the faces), and what to do; null where nothing stands against it */
      note: string | null;
      /** @description Everybody but passers-by, by screen time, longest first */
      people: components['schemas']['CastPerson'][];
      scenes: components['schemas']['Scene'][];
      shots: {
        /** @description personId */
        cast: string[];
        end: number;
        start: number;
      }[];
      /** @description The film ended before its container said that it would */
      truncated: boolean;
    };
    CastAt: {
      at: number;
      /** @description Everybody on screen, by confidence, highest first */
      cast: components['schemas']['OnScreen'][];
      /** @description Why nobody can be named (another network has read the faces), and what to do; null where nothing stands against it */
      note: string | null;
      /** @description The scene at that second; null where there is none, and with by=face */
      scene: {
        end: number;
        /** @description Who is in the scene and not in this frame, by screen time, longest first */
        others: components['schemas']['CastMember'][];
        start: number;
      } | null;
    };
    CastList: { cast: components['schemas']['NamedPerson'][] };
    CastListInput: {
      /** @description Who is in it; an empty list takes back what was given */
      cast: {
        name: string;
        /**
         * @description Whom they play
         * @default null
         */
        role?: string | null;
      }[];
    };
    CastMember: {
      /** @description Of the name; of a stranger, that they are nobody of the gallery */
      confidence: number;
      firstSeen: number;
      /** @description As personId */
      key: string;
      /** @description What to call a stranger: person 7 */
      label: string | null;
      lastSeen: number;
      name: string | null;
      personId: string;
      screenTime: number;
    };
    CastPerson: {
      appearances: string[];
      bestFrame: {
        /** @description [x, y, width, height] as fractions of the frame */
        box: number[];
        time: number;
      };
      /** @description Of the name; of a stranger, that they are nobody of the gallery */
      confidence: number;
      firstSeen: number;
      /** @description Seconds on screen beside screenTime with the face not in view, told by the body in the shot or the clothes in the scene */
      inferredTime: number;
      /** @description As personId */
      key: string;
      /** @description What to call a stranger: person 7 */
      label: string | null;
      lastSeen: number;
      name: string | null;
      personId: string;
      screenTime: number;
      /** @description How many */
      tracks: number;
    };
    CastResult: {
      /** @description Why nobody can be named (another network has read the faces), and what to do; null where nothing stands against it */
      note: string | null;
      /** @description Everybody but passers-by, by screen time, longest first */
      people: components['schemas']['CastPerson'][];
      scenes: components['schemas']['Scene'][];
      shots: {
        /** @description personId */
        cast: string[];
        end: number;
        start: number;
      }[];
    };
    CelebrityRecognition: {
      Celebrities: {
        Celebrity: {
          BoundingBox: { Height: number; Left: number; Top: number; Width: number };
          Confidence: number;
          Face: { BoundingBox: { Height: number; Left: number; Top: number; Width: number }; Confidence: number };
          Id: string;
          Name: string;
          Urls: string[];
        };
        Timestamp: number;
      }[];
      /** @constant */
      JobStatus: 'SUCCEEDED';
      VideoMetadata: {
        Codec: string;
        DurationMillis: number;
        Format: string;
        FrameHeight: number;
        FrameRate?: number;
        FrameWidth: number;
      };
    };
    Constraint: {
      /** @description Who said so: the id of a key, or what did */
      by: string;
      /** @description ISO 8601, UTC */
      createdAt: string;
      id: string;
      /**
       * @description mustLink: the tracks show the person, or the two are one; cannotLink: they do not, or are not
       * @enum {string}
       */
      kind: 'mustLink' | 'cannotLink';
      other: string | null;
      person: string;
      title: string | null;
      tracks: string[];
    };
    ConstraintInput: {
      /**
       * @description mustLink: the tracks show the person, or the two are one; cannotLink: they do not, or are not
       * @enum {string}
       */
      kind: 'mustLink' | 'cannotLink';
      /** @description Another person */
      other?: string;
      person: string;
      title?: string;
      /** @description Tracks of the title */
      tracks?: string[];
    };
    ConstraintPage: {
      items: components['schemas']['Constraint'][];
      /** @description Of the next page; null on the last */
      nextCursor: string | null;
    };
    ConstraintSuggestion: {
      other: components['schemas']['Person'];
      /** @description Would stay */
      person: components['schemas']['Person'];
      /** @description That two photos as alike as these are of one person */
      probability: number;
      /** @description Cosine of what was learnt of the two */
      similarity: number;
    };
    ConstraintSuggestions: { items: components['schemas']['ConstraintSuggestion'][] };
    CorrectedPart: { end: number; kind: components['schemas']['PartKind']; start: number };
    CorrectedSegment: {
      end: number;
      /** @enum {string} */
      kind: 'cards' | 'roll' | 'scene-inside' | 'scene-after' | 'logo' | 'black';
      start: number;
    };
    Correction:
      | components['schemas']['GenreCorrection']
      | components['schemas']['CreditsCorrection']
      | components['schemas']['SegmentsCorrection']
      | components['schemas']['PeopleCorrection'];
    CorrectionNote: {
      /** @description Who said so: the id of a key, or what did */
      by: string;
      /** @description ISO 8601, UTC */
      createdAt: string;
      /** @description It stays as it is until it is unlocked */
      locked: boolean;
      /** @description ISO 8601, UTC */
      updatedAt: string;
    };
    CorrectionPage: {
      items: components['schemas']['Correction'][];
      /** @description Of the next page; null on the last */
      nextCursor: string | null;
    };
    Credits: {
      confidence: number;
      /** @description A person said so: it is certain */
      corrected: boolean;
      /** @description Where a person has corrected it */
      correction?: components['schemas']['CorrectionNote'];
      creditsStart: number | null;
      /** @description Rules, parameters and networks that made it, by version and hash */
      detectorVersion: string;
      /** @description What the other episodes of the season say, where some were analysed */
      episodes?: { agreeing: number; reason: string };
      frame: number | null;
      /** @description Where a person has corrected it: the machine's answer */
      machine?: components['schemas']['CreditsOfMachine'];
      /** @description Versions of the networks that took part */
      models: string[];
      /** @description When a player may offer the next episode */
      nextEpisodeAt: number | null;
      reason: string;
      segments: components['schemas']['CreditsSegment'][];
      /** @description SMPTE timecode of the frame, hh:mm:ss:ff, hh:mm:ss;ff in drop-frame count */
      smpte: string | null;
      /** @description Whether a player may act on it: the credits' start was found, and with certainty enough */
      sure: boolean;
      /** @description hh:mm:ss.mmm */
      timecode: string | null;
      /** @description The film ended before its container said that it would */
      truncated: boolean;
    };
    CreditsCorrection: {
      /** @description Who said so: the id of a key, or what did */
      by: string;
      /** @description ISO 8601, UTC */
      createdAt: string;
      id: string;
      /** @constant */
      kind: 'credits';
      /** @description It stays as it is until it is unlocked */
      locked: boolean;
      /** @description What it answered when it was corrected, for this film alone */
      machine: {
        confidence: number;
        creditsStart: number | null;
        /** @description Rules, parameters and networks that made it, by version and hash */
        detectorVersion: string;
        segments: components['schemas']['CreditsSegment'][];
      };
      said: { creditsStart: number | null; segments: components['schemas']['CorrectedSegment'][] };
      titleId: string;
      /** @description ISO 8601, UTC */
      updatedAt: string;
    };
    CreditsCorrectionInput: {
      /** @description null: there are none. Without segments those that are answered now begin here */
      creditsStart?: number | null;
      /** @description Whether it stays as it is until it is unlocked; left out: it does not */
      locked?: boolean;
      /** @description All of them; the first one is of the credits */
      segments?: components['schemas']['CorrectedSegment'][];
    };
    CreditsOfMachine: {
      confidence: number;
      creditsStart: number | null;
      /** @description What the other episodes of the season say, where some were analysed */
      episodes?: { agreeing: number; reason: string };
      frame: number | null;
      /** @description Versions of the networks that took part */
      models: string[];
      /** @description When a player may offer the next episode */
      nextEpisodeAt: number | null;
      reason: string;
      segments: components['schemas']['CreditsSegment'][];
      /** @description SMPTE timecode of the frame, hh:mm:ss:ff, hh:mm:ss;ff in drop-frame count */
      smpte: string | null;
      /** @description Whether a player may act on it: the credits' start was found, and with certainty enough */
      sure: boolean;
      /** @description hh:mm:ss.mmm */
      timecode: string | null;
    };
    CreditsResult: {
      confidence: number;
      /** @description A person said so: it is certain */
      corrected: boolean;
      /** @description Where a person has corrected it */
      correction?: components['schemas']['CorrectionNote'];
      creditsStart: number | null;
      /** @description What the other episodes of the season say, where some were analysed */
      episodes?: { agreeing: number; reason: string };
      frame: number | null;
      /** @description Where a person has corrected it: the machine's answer */
      machine?: components['schemas']['CreditsOfMachine'];
      /** @description Versions of the networks that took part */
      models: string[];
      /** @description When a player may offer the next episode */
      nextEpisodeAt: number | null;
      reason: string;
      segments: components['schemas']['CreditsSegment'][];
      /** @description SMPTE timecode of the frame, hh:mm:ss:ff, hh:mm:ss;ff in drop-frame count */
      smpte: string | null;
      /** @description Whether a player may act on it: the credits' start was found, and with certainty enough */
      sure: boolean;
      /** @description hh:mm:ss.mmm */
      timecode: string | null;
    };
    CreditsSegment: {
      confidence: number;
      end: number;
      /** @description What was seen, for a person */
      evidence: string;
      /** @enum {string} */
      kind: 'cards' | 'roll' | 'scene-inside' | 'scene-after' | 'logo' | 'black';
      start: number;
    };
    DoctorReport: {
      checks: {
        /** @description What is wrong, or how to get it */
        advice: string | null;
        name: string;
        ok: boolean;
        value: string;
      }[];
      settings: {
        description: string;
        name: string;
        /** @description The default; of what was set, only that it was */
        value: string;
      }[];
    };
    EpisodePart: {
      confidence: number;
      end: number;
      kind: components['schemas']['PartKind'];
      reason: string;
      start: number;
    };
    FaceMap: {
      /** @description null: not yet */
      drawnAt: string | null;
      /** @description On the map, of 10,000 at most: the best of everybody */
      faces: number;
      /** @description What draws it, or last did */
      job: components['schemas']['Job'] | null;
      people: components['schemas']['FaceMapPerson'][];
      /** @description People or faces have changed since */
      stale: boolean;
      /** @description In the gallery, hidden people aside */
      total: number;
    };
    FaceMapPerson: {
      id: string;
      /** @description What to call a stranger */
      label: string | null;
      name: string | null;
      points: components['schemas']['FaceMapPoint'][];
    };
    FaceMapPoint: {
      box: number[] | null;
      /** @description An outlier: the person whose mean is more like the face than that of its own person's other faces */
      nearer: string | null;
      /** @description A photo's file */
      photo: string | null;
      time: number | null;
      /** @description The title that shows it; null for a photo */
      title: string | null;
      /** @description From left to right */
      x: number;
      /** @description From top to bottom */
      y: number;
    };
    FaceTrack: {
      /**
       * @description What tells who it is: a face in view, a face seen on this body in the shot, clothes worn in the scene
       * @enum {string}
       */
      by: 'face' | 'body' | 'scene';
      confidence: number;
      end: number;
      id: string;
      /** @description What to call a stranger: person 7 */
      label: string | null;
      name: string | null;
      /** @description Who it may be, where that is not sure enough for a name */
      perhaps: { confidence: number; name: string | null; personId: string } | null;
      personId: string | null;
      /** @description [time, x, y, width, height]: seconds and fractions of the frame, in order of time */
      samples: number[][];
      start: number;
      /** @description For corrections: the face track; null where no face was seen on the body */
      track: string | null;
    };
    FaceTracks: { items: components['schemas']['FaceTrack'][] };
    Genre: {
      /** @description A person said so: it is certain */
      corrected: boolean;
      /** @description Where a person has corrected it */
      correction?: components['schemas']['CorrectionNote'];
      /** @description Rules, parameters and networks that made it, by version and hash */
      detectorVersion: string;
      /** @description Frames that were left out because they say nothing */
      dropped: number;
      /** @description The frames that spoke most for each of the three that look most probable */
      evidence: { genre: string; times: number[] }[];
      /** @description Frames that the answer rests on */
      frames: number;
      /** @description Every genre's probability */
      genres: { [key: string]: number };
      /** @description Where a person has corrected it: the machine's answer */
      machine?: components['schemas']['GenreOfMachine'];
      /** @description Versions of the networks and of the genre model */
      model: string;
      /** @description False when no genre is likely enough to rely on */
      sure: boolean;
      /** @description The three most probable genres */
      top3: { genre: string; probability: number }[];
      /** @description The film ended before its container said that it would */
      truncated: boolean;
      /** @description What each says alone; the answer is their calibrated product, or that of the pictures */
      witnesses: {
        pictures: components['schemas']['GenreWitness'];
        /** @description Of title, description and tags; null where they say nothing */
        words: components['schemas']['GenreWords'] | null;
      };
    };
    GenreCorrection: {
      /** @description Who said so: the id of a key, or what did */
      by: string;
      /** @description ISO 8601, UTC */
      createdAt: string;
      id: string;
      /** @constant */
      kind: 'genre';
      /** @description It stays as it is until it is unlocked */
      locked: boolean;
      /** @description What it answered when it was corrected */
      machine: {
        /** @description Rules, parameters and networks that made it, by version and hash */
        detectorVersion: string;
        /** @description Every genre's probability */
        genres: { [key: string]: number };
      };
      said: { genres: string[] };
      titleId: string;
      /** @description ISO 8601, UTC */
      updatedAt: string;
    };
    GenreCorrectionInput: {
      /** @description All of them, the one that matters most first */
      genres?: string[];
      /** @description Whether it stays as it is until it is unlocked; left out: it does not */
      locked?: boolean;
    };
    GenreOfMachine: {
      /** @description Frames that were left out because they say nothing */
      dropped: number;
      /** @description The frames that spoke most for each of the three that look most probable */
      evidence: { genre: string; times: number[] }[];
      /** @description Frames that the answer rests on */
      frames: number;
      /** @description Every genre's probability */
      genres: { [key: string]: number };
      /** @description Versions of the networks and of the genre model */
      model: string;
      /** @description False when no genre is likely enough to rely on */
      sure: boolean;
      /** @description The three most probable genres */
      top3: { genre: string; probability: number }[];
      /** @description What each says alone; the answer is their calibrated product, or that of the pictures */
      witnesses: {
        pictures: components['schemas']['GenreWitness'];
        /** @description Of title, description and tags; null where they say nothing */
        words: components['schemas']['GenreWords'] | null;
      };
    };
    GenreResult: {
      /** @description A person said so: it is certain */
      corrected: boolean;
      /** @description Where a person has corrected it */
      correction?: components['schemas']['CorrectionNote'];
      /** @description Frames that were left out because they say nothing */
      dropped: number;
      /** @description The frames that spoke most for each of the three that look most probable */
      evidence: { genre: string; times: number[] }[];
      /** @description Frames that the answer rests on */
      frames: number;
      /** @description Every genre's probability */
      genres: { [key: string]: number };
      /** @description Where a person has corrected it: the machine's answer */
      machine?: components['schemas']['GenreOfMachine'];
      /** @description Versions of the networks and of the genre model */
      model: string;
      /** @description False when no genre is likely enough to rely on */
      sure: boolean;
      /** @description The three most probable genres */
      top3: { genre: string; probability: number }[];
      /** @description What each says alone; the answer is their calibrated product, or that of the pictures */
      witnesses: {
        pictures: components['schemas']['GenreWitness'];
        /** @description Of title, description and tags; null where they say nothing */
        words: components['schemas']['GenreWords'] | null;
      };
    };
    GenreWitness: {
      /** @description Every genre's probability */
      genres: { [key: string]: number };
      /** @description False when no genre is likely enough to rely on */
      sure: boolean;
      /** @description The three most probable genres */
      top3: { genre: string; probability: number }[];
    };
    GenreWords: {
      /** @description Every genre's probability */
      genres: { [key: string]: number };
      model: string;
      /** @description False when no genre is likely enough to rely on */
      sure: boolean;
      /** @description The three most probable genres */
      top3: { genre: string; probability: number }[];
    };
    Guide: {
      /** @description In the order of the settings; none without KINOSCOPE_GUIDE */
      sources: components['schemas']['GuideSource'][];
    };
    GuideSource: {
      channels: number;
      /** @description When that was last tried */
      checkedAt: string | null;
      /** @description Why it could not be read the last time; what was read before is in force */
      error: { code: string; message: string } | null;
      /** @description When the first of its programmes starts */
      from: string | null;
      /** @enum {string} */
      kind: 'file' | 'link';
      name: string;
      /** @description What of it could not be read */
      notes: string[];
      programmes: number;
      /** @description When its programmes were read; null: never */
      refreshedAt: string | null;
      /** @description When the last one starts */
      to: string | null;
    };
    Health: {
      /** @constant */
      status: 'ok';
    };
    Identified: {
      /** @description What was taken from the photo's EXIF; null: nobody asked */
      exif: {
        /** @description The time that was taken from it; null: it tells none, or one was given */
        at: string | null;
        /** @description A place was taken from it */
        place: boolean;
      } | null;
      faces: {
        /** @description [x, y, width, height] as fractions of the frame */
        box: number[];
        candidates: {
          confidence: number;
          id: string;
          /** @description The last programme of the broadcast guide that names them, or is a title that they appear in */
          lastOnAir: components['schemas']['Broadcast'] | null;
          name: string;
          /** @description The one that begins next after that time */
          nextOnAir: components['schemas']['Broadcast'] | null;
          titles: { id: string; name: string }[];
        }[];
        /** @description The first candidate is likely enough to be named */
        known: boolean;
      }[];
      /** @description Only people of the title, or of what was on air, were considered */
      limited: boolean;
      /** @description What of the broadcast guide could not be read, and what the EXIF lacks */
      notes: string[];
      onAir: components['schemas']['Broadcast'][] | null;
      /** @description Top left, top right, bottom right and bottom left of the screen that the photo shows, fractions of it; null: none was found */
      screen: [number, number][] | null;
    };
    IdentifyInput: {
      /** Format: date-time */
      at?: string;
      /** Format: binary */
      photo: Blob;
      /** @description Latitude and longitude in degrees: 48.86,2.35 */
      place?: string;
      /** @description A title's id */
      title?: string;
      /**
       * @description Where at or place is not given, what the photo's EXIF tells of it; false unless it is asked for
       * @enum {string}
       */
      useExif?: 'true' | 'false';
    };
    JellyfinSegments: {
      Items: {
        EndTicks: number;
        Id: string;
        ItemId: string;
        StartTicks: number;
        /** @enum {string} */
        Type: 'Recap' | 'Intro' | 'Outro' | 'Preview';
      }[];
      StartIndex: number;
      TotalRecordCount: number;
    };
    Job: {
      /** @description The jobs that have to be done before this one starts */
      after: string[];
      attempts: number;
      /** @description ISO 8601, UTC */
      createdAt: string;
      error: components['schemas']['JobError'] | null;
      finishedAt: string | null;
      id: string;
      /** @description What is done: analyze, download, annotate, or a part of an analysis */
      name: string;
      priority: number;
      progress: number;
      season: number | null;
      /** @description The series that the job is about, where it is no single title */
      series: string | null;
      stage: string;
      startedAt: string | null;
      /** @enum {string} */
      state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
      titleId: string | null;
    };
    JobError: {
      code: string;
      details?: {
        /** @description What each way of getting at the source said */
        attempts?: { code: string; message: string; reason?: string | null; source: string }[];
        /** @description Why a source gives no film, e.g. geo-block */
        reason?: string | null;
      };
      message: string;
    };
    JobPage: {
      items: components['schemas']['Job'][];
      /** @description Of the next page; null on the last */
      nextCursor: string | null;
    };
    ListedTitle: {
      /** @description SHA-256 of the file; null until it was fetched */
      contentHash: string | null;
      /** @description ISO 8601, UTC */
      createdAt: string;
      duration: number | null;
      /** @description Why the last job failed */
      error: {
        /** @description ISO 8601, UTC */
        at: string;
        code: string;
        details?: {
          /** @description What each way of getting at the source said */
          attempts?: { code: string; message: string; reason?: string | null; source: string }[];
          /** @description Why a source gives no film, e.g. geo-block */
          reason?: string | null;
        };
        message: string;
      } | null;
      /** @description Frames a second, on average; null where it is not known */
      frameRate: number | null;
      height: number | null;
      id: string;
      /** @description What is being done, or comes first */
      job: components['schemas']['Job'] | null;
      /** @description What was answered */
      kinds: components['schemas']['AnalysisKind'][];
      metadata: components['schemas']['TitleMetadata'];
      name: string;
      /** @description null until it was fetched */
      playback: components['schemas']['PlaybackMode'] | null;
      /** @description Whether its answers reach players; null: as its series */
      players: boolean | null;
      /** @description Link of a picture; null while the film is not there */
      poster: string | null;
      source: {
        /** @enum {string} */
        kind: 'path' | 'upload' | 'link';
        location: string;
      };
      /**
       * @description running: a job is queued or under way; failed: the last one failed; done: there are answers
       * @enum {string}
       */
      status: 'new' | 'running' | 'failed' | 'done';
      width: number | null;
    };
    MergeInput: {
      /** @description They become this person */
      people: string[];
    };
    NamedPerson: {
      /**
       * @description given: over this route; source: an .nfo or the link; credits: read at its end; guide: a broadcast guide, of the programmes that it is
       * @enum {string}
       */
      by: 'given' | 'source' | 'credits' | 'guide';
      /** @description That every letter is right, of names that were read */
      confidence: number;
      name: string;
      /** @description Who of the gallery is called so; null: nobody */
      personId: string | null;
      role: string | null;
    };
    NewApiKey: {
      key: components['schemas']['ApiKey'];
      /** @description The key itself, told this once */
      text: string;
    };
    NewWebhook: {
      /** @description ISO 8601, UTC */
      createdAt: string;
      id: string;
      /** @description Messages are signed with it; told this once, and not to a client that repeats its request */
      secret?: string;
      url: string;
    };
    OnScreen: {
      /** @description Of the body; null where only a face was seen */
      body: number[] | null;
      /** @description Of the face, or of the head where no face is in view: [x, y, width, height], fractions of the frame */
      box: number[];
      /**
       * @description What tells who it is: a face in view, a face seen on this body in the shot, clothes worn in the scene
       * @enum {string}
       */
      by: 'face' | 'body' | 'scene';
      confidence: number;
      /** @description personId; of a passer-by, the appearance's key or the body's */
      key: string;
      /** @description What to call a stranger: person 7 */
      label: string | null;
      name: string | null;
      /** @description Who it may be, where that is not sure enough for a name */
      perhaps: { confidence: number; name: string | null; personId: string } | null;
      personId: string | null;
      /** @description For corrections: the face track inside this title; null where no face was seen on the body */
      track: string | null;
    };
    /** @enum {string} */
    PartKind: 'recap' | 'intro' | 'preview';
    PeopleCorrection: {
      by: string;
      /** @description ISO 8601, UTC */
      createdAt: string;
      /** @description Of the constraint */
      id: string;
      /** @constant */
      kind: 'people';
      /** @description What it said of who is who then; null for what was said to earlier releases */
      machine: {
        /** @description Cosine of what was learnt of the two people */
        similarity: number | null;
        tracks: {
          /** @description Of the name */
          confidence: number;
          id: string;
          person: string | null;
        }[];
        /** @description Rules and parameters of naming, by version and hash */
        version: string;
      } | null;
      said: {
        /**
         * @description mustLink: the tracks show the person, or the two are one; cannotLink: they do not, or are not
         * @enum {string}
         */
        kind: 'mustLink' | 'cannotLink';
        other: string | null;
        person: string;
        /** @description Where each face is seen best */
        tracks: {
          /** @description [x, y, width, height] as fractions of the frame */
          box: number[];
          /** @description Empty where the last analysis did not see it */
          id: string;
          time: number;
        }[];
      };
      titleId: string | null;
    };
    Person: {
      /** @description Other names that they are found under */
      aliases: string[];
      /** @description ISO 8601, UTC */
      createdAt: string;
      hidden: boolean;
      id: string;
      /** @description What to call a stranger: person 7 */
      label: string | null;
      name: string | null;
      /** @description Photos that count */
      photos: number;
      screenTime: number;
      titles: number;
    };
    PersonDetail: {
      /** @description Other names that they are found under */
      aliases: string[];
      /** @description ISO 8601, UTC */
      createdAt: string;
      hidden: boolean;
      id: string;
      /** @description What to call a stranger: person 7 */
      label: string | null;
      name: string | null;
      photoList: components['schemas']['Photo'][];
      /** @description Photos that count */
      photos: number;
      screenTime: number;
      seenIn: {
        bestFrame: {
          /** @description [x, y, width, height] as fractions of the frame */
          box: number[];
          time: number;
        };
        firstSeen: number;
        lastSeen: number;
        name: string;
        screenTime: number;
        /** @description Its id */
        title: string;
        tracks: string[];
      }[];
      titles: number;
    };
    PersonInput: { name: string };
    PersonPage: {
      items: components['schemas']['Person'][];
      /** @description Of the next page; null on the last */
      nextCursor: string | null;
    };
    PersonPatch: {
      /** @description All of them */
      aliases?: string[];
      hidden?: boolean;
      /** @description null: a stranger again */
      name?: string | null;
    };
    PersonUpload: { name: string; photos: Blob[] };
    Photo: {
      box: number[] | null;
      /** @description Of one that was found: somebody said that it shows them */
      confirmed: boolean;
      faces: number;
      file: string;
      /** @description Why it does not count */
      flag: ('no-face' | 'several-faces' | 'duplicate' | 'outlier' | 'unreadable' | 'rejected') | null;
      /** @description Why it teaches little; null also for what was learnt before this was looked at */
      hint: ('too-small' | 'blurred' | 'turned-away') | null;
      id: string;
      /** @description Where it was found for their name: it counts less until somebody, or a film, confirms it; null: somebody gave it */
      proposedFrom: string | null;
      quality: number;
    };
    PhotoPatch: {
      /** @description Whether the photo that was found shows them */
      confirmed: boolean;
    };
    Photos: { items: components['schemas']['Photo'][] };
    PhotoSearchInput: {
      /** @description Id of a title; unset: all */
      title?: string;
    };
    PhotosUpload: { photos: Blob[] };
    /**
     * @description How browsers can play a film; all but `direct` by a copy (/proxy)
     * @enum {string}
     */
    PlaybackMode: 'direct' | 'remux' | 'transcode';
    /** @description RFC 9457 problem document */
    Problem: {
      /** @description What each way of getting at the source said */
      attempts?: { code: string; message: string; reason?: string | null; source: string }[];
      detail: string;
      /** @description Why a source gives no film, e.g. geo-block */
      reason?: string | null;
      status: number;
      title: string;
      /** @description One of urn:kinoscope:usage, urn:kinoscope:unreadable, urn:kinoscope:not-allowed, urn:kinoscope:unauthorized, urn:kinoscope:forbidden, urn:kinoscope:not-found, urn:kinoscope:conflict, urn:kinoscope:key-reused, urn:kinoscope:too-large, urn:kinoscope:unavailable, urn:kinoscope:cancelled, urn:kinoscope:no-such-method, urn:kinoscope:too-slow, urn:kinoscope:no-such-range, urn:kinoscope:too-many-requests, urn:kinoscope:internal */
      type: string;
    };
    Proxy: {
      /** @description What of the film browsers do not know */
      foreign: ('container' | 'pictures' | 'sound')[];
      /** @description Parts that begin with a key frame, on a player's clock, with where they lie in the film */
      fragments: { end: number; offset: number; size: number; start: number }[];
      /** @description Bytes before the first fragment, which all of them need */
      header: number;
      /** @description What writes the copy, or last did */
      job: components['schemas']['Job'] | null;
      playback: components['schemas']['PlaybackMode'];
      /**
       * @description making: the fragments that are there can be played
       * @enum {string}
       */
      state: 'none' | 'making' | 'ready';
      /** @description Changes with the bytes of the copy */
      version: string | null;
    };
    Readiness: {
      checks: {
        /** @enum {string} */
        database: 'ok' | 'failing';
        /** @enum {string} */
        models: 'ok' | 'failing';
        /** @enum {string} */
        queue: 'ok' | 'failing';
      };
      /** @description Why a check fails, where there is something to be done about it */
      reasons?: { [key: string]: string };
      /** @enum {string} */
      status: 'ok' | 'failing';
    };
    Scene: {
      /** @description By screen time, longest first */
      cast: components['schemas']['CastMember'][];
      end: number;
      /** @description Tracks of strangers who were seen too briefly to tell them apart */
      passersBy: number;
      /** @description How many */
      shots: number;
      start: number;
    };
    SegmentDetection: {
      AudioMetadata: { Codec: string }[];
      /** @constant */
      JobStatus: 'SUCCEEDED';
      Segments: (
        | {
            DurationFrames?: number;
            DurationMillis: number;
            DurationSMPTE?: string;
            EndFrameNumber?: number;
            EndTimecodeSMPTE?: string;
            EndTimestampMillis: number;
            StartFrameNumber?: number;
            StartTimecodeSMPTE?: string;
            StartTimestampMillis: number;
            TechnicalCueSegment: {
              Confidence: number;
              /** @constant */
              Type: 'EndCredits';
            };
            /** @constant */
            Type: 'TECHNICAL_CUE';
          }
        | {
            DurationFrames?: number;
            DurationMillis: number;
            DurationSMPTE?: string;
            EndFrameNumber?: number;
            EndTimecodeSMPTE?: string;
            EndTimestampMillis: number;
            ShotSegment: { Index: number };
            StartFrameNumber?: number;
            StartTimecodeSMPTE?: string;
            StartTimestampMillis: number;
            /** @constant */
            Type: 'SHOT';
          }
      )[];
      SelectedSegmentTypes: {
        ModelVersion: string;
        /** @enum {string} */
        Type: 'TECHNICAL_CUE' | 'SHOT';
      }[];
      VideoMetadata: {
        Codec: string;
        DurationMillis: number;
        Format: string;
        FrameHeight: number;
        FrameRate?: number;
        FrameWidth: number;
      }[];
    };
    Segments: {
      /** @description Where a person has corrected opening titles, recap or preview */
      correction?: components['schemas']['CorrectionNote'];
      /** @description Where a person has corrected them: what the season says */
      machine?: { segments: components['schemas']['EpisodePart'][] };
      /** @description Why there is nothing of a kind */
      none: { credits?: string; intro?: string; preview?: string; recap?: string };
      /** @description What opening titles, recap and preview were told from; null before the season was compared */
      season: {
        detectorVersion: string;
        episode: number | null;
        /** @description ISO 8601, UTC */
        finishedAt: string;
        season: number | null;
        series: string;
      } | null;
      /** @description In order of time */
      segments: components['schemas']['TimelineSegment'][];
      skip: components['schemas']['SkipSettings'];
    };
    SegmentsCorrection: {
      /** @description Who said so: the id of a key, or what did */
      by: string;
      /** @description ISO 8601, UTC */
      createdAt: string;
      id: string;
      /** @constant */
      kind: 'segments';
      /** @description It stays as it is until it is unlocked */
      locked: boolean;
      /** @description What the season said when it was corrected; no segments where it was not analysed */
      machine: {
        /** @description Rules, parameters and networks that made it, by version and hash */
        detectorVersion: string;
        segments: components['schemas']['EpisodePart'][];
      };
      said: { segments: components['schemas']['CorrectedPart'][] };
      titleId: string;
      /** @description ISO 8601, UTC */
      updatedAt: string;
    };
    SegmentsCorrectionInput: {
      /** @description Whether it stays as it is until it is unlocked; left out: it does not */
      locked?: boolean;
      /** @description All opening titles, recaps and previews; none of a kind that is not listed. Credits are corrected by themselves */
      segments?: components['schemas']['CorrectedPart'][];
    };
    SeriesPlayers: {
      /** @description false: nothing of its episodes reaches players */
      players: boolean;
    };
    SessionInput: { key: string };
    Shot: {
      end: number;
      start: number;
      /** @description Number of its first frame, from 0 */
      startFrame: number;
      /**
       * @description How it begins
       * @enum {string}
       */
      transition: 'cut' | 'fade' | 'dissolve';
    };
    Shots: {
      /** @description Rules, parameters and networks that made it, by version and hash */
      detectorVersion: string;
      /** @description Frames a second, on average */
      fps: number;
      shots: components['schemas']['Shot'][];
      /** @description The film ended before its container said that it would */
      truncated: boolean;
    };
    ShotsResult: {
      /** @description Frames a second, on average */
      fps: number;
      shots: components['schemas']['Shot'][];
    };
    SkipSettings: {
      /**
       * @description Whether a player offers to skip it, skips it by itself, or does neither
       * @enum {string}
       */
      credits: 'offer' | 'auto' | 'never';
      /**
       * @description Whether a player offers to skip it, skips it by itself, or does neither
       * @enum {string}
       */
      intro: 'offer' | 'auto' | 'never';
      /**
       * @description Whether a player offers to skip it, skips it by itself, or does neither
       * @enum {string}
       */
      preview: 'offer' | 'auto' | 'never';
      /**
       * @description Whether a player offers to skip it, skips it by itself, or does neither
       * @enum {string}
       */
      recap: 'offer' | 'auto' | 'never';
    };
    SkipSettingsInput: {
      /**
       * @description Whether a player offers to skip it, skips it by itself, or does neither
       * @enum {string}
       */
      credits?: 'offer' | 'auto' | 'never';
      /**
       * @description Whether a player offers to skip it, skips it by itself, or does neither
       * @enum {string}
       */
      intro?: 'offer' | 'auto' | 'never';
      /**
       * @description Whether a player offers to skip it, skips it by itself, or does neither
       * @enum {string}
       */
      preview?: 'offer' | 'auto' | 'never';
      /**
       * @description Whether a player offers to skip it, skips it by itself, or does neither
       * @enum {string}
       */
      recap?: 'offer' | 'auto' | 'never';
    };
    Sound: {
      /** @description Changes of shot a minute, as the analysis `shots` or `cast` has seen them; null where none has */
      cutsPerMinute: number | null;
      /** @description Rules, parameters and networks that made it, by version and hash */
      detectorVersion: string;
      /** @description Seconds of sound that were heard */
      duration: number;
      /** @description Integrated loudness, LUFS (EBU R 128); null where nothing is louder than -70 LUFS */
      loudness: number | null;
      /** @description LU (EBU Tech 3342); null where no 3 seconds are louder than -70 LUFS */
      loudnessRange: number | null;
      /** @description Why nothing is told; empty where something is */
      reason: string;
      /** @description Share of windows of 400 ms that are not louder than -70 LUFS */
      silence: number | null;
      /** @description Share of the time in which somebody speaks */
      speech: number | null;
      /** @description The best track, as its container describes it; null where the film has no sound */
      track: { channels: number; codec: string; sampleRate: number } | null;
      /** @description Highest true peak, dBTP (ITU-R BS.1770) */
      truePeak: number | null;
      /** @description The film ended before its container said that it would */
      truncated: boolean;
    };
    SoundResult: {
      /** @description Changes of shot a minute, as the analysis `shots` or `cast` has seen them; null where none has */
      cutsPerMinute: number | null;
      /** @description Seconds of sound that were heard */
      duration: number;
      /** @description Integrated loudness, LUFS (EBU R 128); null where nothing is louder than -70 LUFS */
      loudness: number | null;
      /** @description LU (EBU Tech 3342); null where no 3 seconds are louder than -70 LUFS */
      loudnessRange: number | null;
      /** @description Why nothing is told; empty where something is */
      reason: string;
      /** @description Share of windows of 400 ms that are not louder than -70 LUFS */
      silence: number | null;
      /** @description Share of the time in which somebody speaks */
      speech: number | null;
      /** @description The best track, as its container describes it; null where the film has no sound */
      track: { channels: number; codec: string; sampleRate: number } | null;
      /** @description Highest true peak, dBTP (ITU-R BS.1770) */
      truePeak: number | null;
    };
    SplitInput: {
      /** @description Somebody who is there already: their id */
      into?: string;
      /** @description Of a new person; left out, they are a stranger */
      name?: string;
      tracks: components['schemas']['Tracks'][];
    };
    TimelineSegment: {
      confidence: number;
      /** @description A person said so */
      corrected: boolean;
      end: number;
      /**
       * @description scene: inside or after the credits, which must not be skipped
       * @enum {string}
       */
      kind: 'recap' | 'intro' | 'credits' | 'scene' | 'preview';
      reason: string;
      /** @description As the series is set; null for scenes */
      skip: ('offer' | 'auto' | 'never') | null;
      start: number;
      /** @description Whether a player may act on it */
      sure: boolean;
    };
    Title: {
      /** @description SHA-256 of the file; null until it was fetched */
      contentHash: string | null;
      /** @description ISO 8601, UTC */
      createdAt: string;
      duration: number | null;
      /** @description Frames a second, on average; null where it is not known */
      frameRate: number | null;
      height: number | null;
      id: string;
      metadata: components['schemas']['TitleMetadata'];
      name: string;
      /** @description null until it was fetched */
      playback: components['schemas']['PlaybackMode'] | null;
      /** @description Whether its answers reach players; null: as its series */
      players: boolean | null;
      source: {
        /** @enum {string} */
        kind: 'path' | 'upload' | 'link';
        location: string;
      };
      width: number | null;
    };
    TitleInput: {
      /** @description What is told of the film: a witness of its genre */
      description?: string;
      /**
       * Format: uri
       * @description A link to a film or a YouTube trailer, or s3://bucket/key
       */
      link?: string;
      name?: string;
      /** @description A film below one of the media roots */
      path?: string;
      /** @description Id of an upload that is there whole (POST /v1/uploads) */
      upload?: string;
    };
    TitleMetadata: {
      /** @description Day of the broadcast, YYYY-MM-DD */
      aired?: string;
      readonly cast?: {
        name: string;
        role: string | null;
        /** @description Link or path of a picture that an .nfo file names */
        thumb?: string;
      }[];
      channel?: string;
      /** @description What is told of the film */
      description?: string;
      duration?: number;
      episode?: number;
      readonly genres?: string[];
      /** @description On sites of films: imdb:tt0133093, tmdb:movie/603 */
      readonly ids?: string[];
      season?: number;
      series?: string;
      /** @description Of its series: tvdb:series/121361 */
      readonly seriesIds?: string[];
      /** @description Together with videoId it names the video for good */
      site?: string;
      /** @description Words that its site files it under */
      readonly tags?: string[];
      /** @description Link of a picture */
      thumbnail?: string;
      title?: string;
      videoId?: string;
      year?: number;
    };
    TitlePage: {
      items: components['schemas']['ListedTitle'][];
      /** @description Of the next page; null on the last */
      nextCursor: string | null;
    };
    TitlePatch: {
      description?: string | null;
      episode?: number | null;
      name?: string;
      /** @description false: nothing of it reaches players (exports, files beside the film); null: as its series */
      players?: boolean | null;
      season?: number | null;
      series?: string | null;
      year?: number | null;
    };
    TitleUpload: {
      /** @description What is told of the film: a witness of its genre */
      description?: string;
      /**
       * Format: binary
       * @description The film
       */
      file: Blob;
      name?: string;
    };
    TitleWithJob: {
      /** @description What analyses it afterwards */
      analysis: components['schemas']['Job'] | null;
      /** @description What fetches a link's film */
      job: components['schemas']['Job'] | null;
      title: components['schemas']['Title'];
    };
    Tracks: { title: string; tracks: string[] };
    Upload: {
      /** @description When it goes unless more of it comes */
      expiresAt: string;
      fileName: string;
      id: string;
      /** @description Bytes that are there */
      offset: number;
      /** @description Bytes of the whole file */
      size: number;
    };
    UploadList: { items: components['schemas']['Upload'][] };
    Webhook: {
      /** @description ISO 8601, UTC */
      createdAt: string;
      id: string;
      url: string;
    };
    WebhookInput: {
      /** Format: uri */
      url: string;
    };
    Webhooks: { items: components['schemas']['Webhook'][] };
    WithJob: { job: components['schemas']['Job'] };
  };
  responses: {
    /** @description A parameter or the body is wrong, or unknown */
    BadRequest: {
      headers: { [name: string]: unknown };
      content: {
        /**
         * @example {
         *       "type": "urn:kinoscope:usage",
         *       "title": "Wrong use",
         *       "status": 400,
         *       "detail": "limit must be a whole number from 1 to 1000"
         *     }
         */
        'application/problem+json': components['schemas']['Problem'];
      };
    };
    /** @description What is there contradicts the request */
    Conflict: {
      headers: { [name: string]: unknown };
      content: {
        /**
         * @example {
         *       "type": "urn:kinoscope:conflict",
         *       "title": "Conflict",
         *       "status": 409,
         *       "detail": "There is somebody named Carla Castel already (p-768bd15fca2b4125): merge the two, or add to their photos"
         *     }
         */
        'application/problem+json': components['schemas']['Problem'];
      };
    };
    /** @description The key has not the scope that is needed, or the source is not allowed */
    Forbidden: {
      headers: { [name: string]: unknown };
      content: {
        /**
         * @example {
         *       "type": "urn:kinoscope:not-allowed",
         *       "title": "Source not allowed",
         *       "status": 403,
         *       "detail": "/etc/passwd lies outside the folders that may be opened (KINOSCOPE_MEDIA_ROOTS)"
         *     }
         */
        'application/problem+json': components['schemas']['Problem'];
      };
    };
    /** @description The service failed */
    InternalServerError: {
      headers: { [name: string]: unknown };
      content: { 'application/problem+json': components['schemas']['Problem'] };
    };
    /** @description The path has no such method; Allow says which it has */
    MethodNotAllowed: {
      headers: {
        /** @description The methods that the path has */
        Allow?: string;
        [name: string]: unknown;
      };
      content: {
        /**
         * @example {
         *       "type": "urn:kinoscope:no-such-method",
         *       "title": "No such method here",
         *       "status": 405,
         *       "detail": "/v1/doctor knows GET, HEAD alone"
         *     }
         */
        'application/problem+json': components['schemas']['Problem'];
      };
    };
    /** @description There is no such thing, or it has no answer yet */
    NotFound: {
      headers: { [name: string]: unknown };
      content: {
        /**
         * @example {
         *       "type": "urn:kinoscope:not-found",
         *       "title": "Not found",
         *       "status": 404,
         *       "detail": "There is no title 000000000000000000000000"
         *     }
         */
        'application/problem+json': components['schemas']['Problem'];
      };
    };
    /** @description The request, or the film, is too large */
    PayloadTooLarge: {
      headers: { [name: string]: unknown };
      content: {
        /**
         * @example {
         *       "type": "urn:kinoscope:too-large",
         *       "title": "Too large",
         *       "status": 413,
         *       "detail": "The file is larger than 21 MB, the limit"
         *     }
         */
        'application/problem+json': components['schemas']['Problem'];
      };
    };
    /** @description The file has none of the bytes that were asked for */
    RangeNotSatisfiable: {
      headers: { [name: string]: unknown };
      content: {
        /**
         * @example {
         *       "type": "urn:kinoscope:no-such-range",
         *       "title": "No such range",
         *       "status": 416,
         *       "detail": "The file has 738115 bytes, of which the range has none"
         *     }
         */
        'application/problem+json': components['schemas']['Problem'];
      };
    };
    /** @description The request came too slowly */
    RequestTimeout: {
      headers: { [name: string]: unknown };
      content: { 'application/problem+json': components['schemas']['Problem'] };
    };
    /** @description Something is away for a moment; Retry-After says when to try again */
    ServiceUnavailable: {
      headers: {
        /** @description Seconds */
        'Retry-After'?: number;
        [name: string]: unknown;
      };
      content: { 'application/problem+json': components['schemas']['Problem'] };
    };
    /** @description Too many requests; Retry-After says when to try again */
    TooManyRequests: {
      headers: {
        /** @description Seconds */
        'Retry-After'?: number;
        [name: string]: unknown;
      };
      content: {
        /**
         * @example {
         *       "type": "urn:kinoscope:too-many-requests",
         *       "title": "Too many requests",
         *       "status": 429,
         *       "detail": "Too many requests: try again in 5 s"
         *     }
         */
        'application/problem+json': components['schemas']['Problem'];
      };
    };
    /** @description An API key is needed, or the one that was sent is not valid */
    Unauthorized: {
      headers: { [name: string]: unknown };
      content: {
        /**
         * @example {
         *       "type": "urn:kinoscope:unauthorized",
         *       "title": "An API key is needed",
         *       "status": 401,
         *       "detail": "Send an API key that is valid: Authorization: Bearer ks_..."
         *     }
         */
        'application/problem+json': components['schemas']['Problem'];
      };
    };
    /** @description The input cannot be read, or the Idempotency-Key was used for another request */
    UnprocessableEntity: {
      headers: { [name: string]: unknown };
      content: {
        /**
         * @example {
         *       "type": "urn:kinoscope:unreadable",
         *       "title": "Unreadable input",
         *       "status": 422,
         *       "detail": "film.mp4 is not a video file that can be read: it is text"
         *     }
         */
        'application/problem+json': components['schemas']['Problem'];
      };
    };
  };
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
  getHealth: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "status": "ok"
           *     }
           */
          'application/json': components['schemas']['Health'];
        };
      };
      400: components['responses']['BadRequest'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  getMetrics: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example # HELP kinoscope_job_seconds Time from a job's start to its end, by kind and outcome
           *     # TYPE kinoscope_job_seconds histogram
           *
           *     # HELP kinoscope_job_stage_seconds Time of a job's stages
           *     # TYPE kinoscope_job_stage_seconds histogram
           */
          'text/plain': string;
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  getReadiness: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "status": "ok",
           *       "checks": {
           *         "database": "ok",
           *         "queue": "ok",
           *         "models": "ok"
           *       }
           *     }
           */
          'application/json': components['schemas']['Readiness'];
        };
      };
      400: components['responses']['BadRequest'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      /** @description Not everything is there */
      503: {
        headers: { [name: string]: unknown };
        content: { 'application/json': components['schemas']['Readiness'] };
      };
    };
  };
  listConstraints: {
    parameters: {
      query?: {
        /** @description nextCursor of the page before */
        cursor?: string;
        limit?: number;
        /** @description Only what is said of this person */
        person?: string;
        /** @description Only what is said of tracks of this title */
        title?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "items": [
           *         {
           *           "id": "c-15e1a812c7363564",
           *           "kind": "mustLink",
           *           "person": "p-768bd15fca2b4125",
           *           "other": null,
           *           "title": "6551c369d3e7a7073862a81f",
           *           "tracks": [
           *             "t3"
           *           ],
           *           "by": "open",
           *           "createdAt": "2026-11-30T21:39:00.435Z"
           *         }
           *       ],
           *       "nextCursor": null
           *     }
           */
          'application/json': components['schemas']['ConstraintPage'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  createConstraint: {
    parameters: {
      query?: never;
      header?: {
        /** @description A repeated request with this key gets its first answer, for a day */
        'Idempotency-Key'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "kind": "mustLink",
         *       "person": "p-768bd15fca2b4125",
         *       "title": "6551c369d3e7a7073862a81f",
         *       "tracks": [
         *         "t3"
         *       ]
         *     }
         */
        'application/json': components['schemas']['ConstraintInput'];
      };
    };
    responses: {
      /** @description What was made */
      201: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "id": "c-15e1a812c7363564",
           *       "kind": "mustLink",
           *       "person": "p-768bd15fca2b4125",
           *       "other": null,
           *       "title": "6551c369d3e7a7073862a81f",
           *       "tracks": [
           *         "t3"
           *       ],
           *       "by": "open",
           *       "createdAt": "2026-11-30T21:39:00.435Z"
           *     }
           */
          'application/json': components['schemas']['Constraint'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      408: components['responses']['RequestTimeout'];
      409: components['responses']['Conflict'];
      413: components['responses']['PayloadTooLarge'];
      422: components['responses']['UnprocessableEntity'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  deleteConstraint: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: { headers: { [name: string]: unknown }; content?: never };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      409: components['responses']['Conflict'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  listConstraintSuggestions: {
    parameters: { query?: { limit?: number }; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "items": []
           *     }
           */
          'application/json': components['schemas']['ConstraintSuggestions'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  listCorrections: {
    parameters: {
      query?: {
        /** @description nextCursor of the page before */
        cursor?: string;
        kind?: 'genre' | 'credits' | 'segments' | 'people';
        limit?: number;
        titleId?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "items": [
           *         {
           *           "kind": "credits",
           *           "id": "6551c369d3e7a7073862a81f0af48462a2289868c6181a87e993929cb32f0954:credits",
           *           "titleId": "6551c369d3e7a7073862a81f",
           *           "by": "open",
           *           "createdAt": "2026-11-30T21:38:02.226Z",
           *           "updatedAt": "2026-11-30T21:38:02.226Z",
           *           "locked": false,
           *           "said": {
           *             "creditsStart": 8.5,
           *             "segments": [
           *               {
           *                 "kind": "roll",
           *                 "start": 8.5,
           *                 "end": 29
           *               }
           *             ]
           *           },
           *           "machine": {
           *             "detectorVersion": "credits@785c0fe5b9e9 billing-terms@f3decfbabb3c billing-words@0292f43099fa chapter-names@23b499e5e99a credits-frame-classifier@1c890111e609 credits-segmenter@e355c81ced46 credits-words@3e8ad97c127e resample@d54dee6a474b pictures@8ce7b95969e7 ppocr-det@ce80187a6f87 ppocr-rec@6a7c02c7a7ff",
           *             "creditsStart": 14.5,
           *             "confidence": 0.9849827850186804,
           *             "segments": [
           *               {
           *                 "kind": "roll",
           *                 "start": 14.5,
           *                 "end": 29,
           *                 "confidence": 0.9849827850186804,
           *                 "evidence": "11 text boxes a frame, scrolling 6 px/s, luma 28"
           *               }
           *             ]
           *           }
           *         },
           *         {
           *           "kind": "genre",
           *           "id": "6551c369d3e7a7073862a81f0af48462a2289868c6181a87e993929cb32f0954:genre",
           *           "titleId": "6551c369d3e7a7073862a81f",
           *           "by": "open",
           *           "createdAt": "2026-11-30T21:38:02.251Z",
           *           "updatedAt": "2026-11-30T21:38:02.251Z",
           *           "locked": false,
           *           "said": {
           *             "genres": [
           *               "Drama",
           *               "Romance"
           *             ]
           *           },
           *           "machine": {
           *             "detectorVersion": "genre@ac7908479ad2 resample@d54dee6a474b pictures@8ce7b95969e7 inception-v3.int8@d0d5ffea340b resnet50-imagenet.int8@d8d2728905b0 genre-pictures@fad14a52911e",
           *             "genres": {
           *               "Action": 0.0234,
           *               "Adventure": 0.0522,
           *               "Animation": 0.0009,
           *               "Biography": 0.0176,
           *               "Comedy": 0.8953,
           *               "Crime": 0.0183,
           *               "Documentary": 0.0017,
           *               "Drama": 0.6954,
           *               "Family": 0.0159,
           *               "Fantasy": 0.0652,
           *               "Film-Noir": 0.0029,
           *               "Game-Show": 0.0025,
           *               "History": 0.0108,
           *               "Horror": 0.0081,
           *               "Music": 0.0404,
           *               "Musical": 0.0242,
           *               "Mystery": 0.0365,
           *               "News": 0.0029,
           *               "Reality-TV": 0.0024,
           *               "Romance": 0.914,
           *               "Sci-Fi": 0.0323,
           *               "Short": 0.0027,
           *               "Sport": 0.0156,
           *               "Thriller": 0.0481,
           *               "War": 0.0047,
           *               "Western": 0.0079
           *             }
           *           }
           *         }
           *       ],
           *       "nextCursor": null
           *     }
           */
          'application/json': components['schemas']['CorrectionPage'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  searchCredits: {
    parameters: {
      query?: {
        /** @description nextCursor of the page before */
        cursor?: string;
        kind?: 'cast' | 'crew';
        limit?: number;
        /** @description That every letter of a name is right, at least; unset: 0.5 */
        minConfidence?: number;
        /** @description Words of a name, or how they begin: anna kel */
        name?: string;
        /** @description Words of what they did, its department, or whom they play: gaffer */
        role?: string;
        /** @description Of one title */
        titleId?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "items": [
           *         {
           *           "titleId": "6551c369d3e7a7073862a81f",
           *           "title": "Demo film",
           *           "kind": "cast",
           *           "name": "Ada Abel",
           *           "role": "The cook",
           *           "department": null,
           *           "confidence": 0.93506449282048,
           *           "sure": true,
           *           "start": 15,
           *           "end": 17.041666666666668
           *         },
           *         {
           *           "titleId": "6551c369d3e7a7073862a81f",
           *           "title": "Demo film",
           *           "kind": "cast",
           *           "name": "Carla Castel",
           *           "role": "The guest",
           *           "department": null,
           *           "confidence": 0.9503945688654609,
           *           "sure": true,
           *           "start": 15,
           *           "end": 17.041666666666668
           *         }
           *       ],
           *       "nextCursor": null
           *     }
           */
          'application/json': components['schemas']['BilledPage'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  getDoctorReport: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "checks": [
           *         {
           *           "name": "Node.js",
           *           "value": "20.20.2",
           *           "ok": true,
           *           "advice": null
           *         },
           *         {
           *           "name": "Folder of the service",
           *           "value": "/kinoscope",
           *           "ok": true,
           *           "advice": null
           *         }
           *       ],
           *       "settings": [
           *         {
           *           "name": "KINOSCOPE_HOME",
           *           "value": "set",
           *           "description": "Folder of everything that is kept: database, uploads, downloads"
           *         },
           *         {
           *           "name": "MONGODB_URI",
           *           "value": "",
           *           "description": "MongoDB for the documents; unset: one SQLite file in KINOSCOPE_HOME"
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['DoctorReport'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  getFaceMap: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "drawnAt": "2026-11-30T21:39:02.137Z",
           *       "stale": false,
           *       "faces": 22,
           *       "total": 22,
           *       "people": [
           *         {
           *           "id": "p-768bd15fca2b4125",
           *           "name": "Carla Castel",
           *           "label": null,
           *           "points": [
           *             {
           *               "x": 0.1681,
           *               "y": 0.3181,
           *               "nearer": null,
           *               "photo": "1.jpg",
           *               "title": null,
           *               "time": null,
           *               "box": null
           *             },
           *             {
           *               "x": 0.3724,
           *               "y": 0.2506,
           *               "nearer": null,
           *               "photo": null,
           *               "title": "6551c369d3e7a7073862a81f",
           *               "time": 4,
           *               "box": [
           *                 0.5799,
           *                 0.1886,
           *                 0.1808,
           *                 0.4341
           *               ]
           *             }
           *           ]
           *         },
           *         {
           *           "id": "p-4eef3e01bd2a4829",
           *           "name": "Ines Ilves",
           *           "label": null,
           *           "points": [
           *             {
           *               "x": 0.8503,
           *               "y": 0.4048,
           *               "nearer": null,
           *               "photo": null,
           *               "title": "6551c369d3e7a7073862a81f",
           *               "time": 6,
           *               "box": [
           *                 0.4403,
           *                 0.2461,
           *                 0.1099,
           *                 0.3536
           *               ]
           *             },
           *             {
           *               "x": 0.5837,
           *               "y": 0.3793,
           *               "nearer": null,
           *               "photo": "1.jpg",
           *               "title": null,
           *               "time": null,
           *               "box": null
           *             }
           *           ]
           *         }
           *       ],
           *       "job": {
           *         "id": "0mx3sizu30000efe5c394266a",
           *         "name": "map",
           *         "titleId": null,
           *         "series": null,
           *         "season": null,
           *         "after": [],
           *         "priority": 0,
           *         "state": "done",
           *         "progress": 1,
           *         "stage": "done",
           *         "attempts": 1,
           *         "error": null,
           *         "createdAt": "2026-11-30T21:39:01.227Z",
           *         "startedAt": "2026-11-30T21:39:01.405Z",
           *         "finishedAt": "2026-11-30T21:39:02.153Z"
           *       }
           *     }
           */
          'application/json': components['schemas']['FaceMap'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  drawFaceMap: {
    parameters: {
      query?: never;
      header?: {
        /** @description A repeated request with this key gets its first answer, for a day */
        'Idempotency-Key'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description What is being done */
      202: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "id": "0mx3sizu30000efe5c394266a",
           *       "name": "map",
           *       "titleId": null,
           *       "series": null,
           *       "season": null,
           *       "after": [],
           *       "priority": 0,
           *       "state": "queued",
           *       "progress": 0,
           *       "stage": "queued",
           *       "attempts": 0,
           *       "error": null,
           *       "createdAt": "2026-11-30T21:39:01.227Z",
           *       "startedAt": null,
           *       "finishedAt": null
           *     }
           */
          'application/json': components['schemas']['Job'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      409: components['responses']['Conflict'];
      422: components['responses']['UnprocessableEntity'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  getGuide: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "sources": [
           *         {
           *           "name": "demo",
           *           "kind": "file",
           *           "refreshedAt": "2026-11-30T21:37:35.003Z",
           *           "checkedAt": "2026-11-30T21:37:35.003Z",
           *           "channels": 1,
           *           "programmes": 2,
           *           "from": "2026-11-29T20:15:00.000Z",
           *           "to": "2026-12-06T20:15:00.000Z",
           *           "error": null,
           *           "notes": []
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['Guide'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  refreshGuide: {
    parameters: {
      query?: never;
      header?: {
        /** @description A repeated request with this key gets its first answer, for a day */
        'Idempotency-Key'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description What is being done */
      202: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "id": "0mx3sh56x0000e529013d9df0",
           *       "name": "guide",
           *       "titleId": null,
           *       "series": null,
           *       "season": null,
           *       "after": [],
           *       "priority": 0,
           *       "state": "queued",
           *       "progress": 0,
           *       "stage": "queued",
           *       "attempts": 0,
           *       "error": null,
           *       "createdAt": "2026-11-30T21:37:34.857Z",
           *       "startedAt": null,
           *       "finishedAt": null
           *     }
           */
          'application/json': components['schemas']['Job'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      409: components['responses']['Conflict'];
      422: components['responses']['UnprocessableEntity'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  identifyPeople: {
    parameters: {
      query?: never;
      header?: {
        /** @description A repeated request with this key gets its first answer, for a day */
        'Idempotency-Key'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: { content: { 'multipart/form-data': components['schemas']['IdentifyInput'] } };
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "limited": false,
           *       "onAir": null,
           *       "screen": null,
           *       "exif": null,
           *       "notes": [],
           *       "faces": [
           *         {
           *           "box": [
           *             0.24101474647100138,
           *             0.1798798895635846,
           *             0.5364925300705649,
           *             0.4742852852352293
           *           ],
           *           "known": true,
           *           "candidates": [
           *             {
           *               "id": "p-d551f89cea9841a8",
           *               "name": "Ada Abel",
           *               "confidence": 0.9999961392102789,
           *               "titles": [
           *                 {
           *                   "id": "6551c369d3e7a7073862a81f",
           *                   "name": "Demo film"
           *                 }
           *               ],
           *               "lastOnAir": {
           *                 "title": "Evening film",
           *                 "subtitle": null,
           *                 "season": null,
           *                 "episode": null,
           *                 "channel": "One",
           *                 "start": "2026-11-29T20:15:00.000Z",
           *                 "stop": "2026-11-29T22:00:00.000Z"
           *               },
           *               "nextOnAir": {
           *                 "title": "Evening film",
           *                 "subtitle": null,
           *                 "season": null,
           *                 "episode": null,
           *                 "channel": "One",
           *                 "start": "2026-12-06T20:15:00.000Z",
           *                 "stop": "2026-12-06T22:00:00.000Z"
           *               }
           *             },
           *             {
           *               "id": "p-768bd15fca2b4125",
           *               "name": "Carla Castel",
           *               "confidence": 6.227278817360326e-9,
           *               "titles": [
           *                 {
           *                   "id": "6551c369d3e7a7073862a81f",
           *                   "name": "Demo film"
           *                 }
           *               ],
           *               "lastOnAir": null,
           *               "nextOnAir": null
           *             }
           *           ]
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['Identified'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      408: components['responses']['RequestTimeout'];
      409: components['responses']['Conflict'];
      413: components['responses']['PayloadTooLarge'];
      422: components['responses']['UnprocessableEntity'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  listJobs: {
    parameters: {
      query?: {
        /** @description nextCursor of the page before */
        cursor?: string;
        limit?: number;
        /** @description Only jobs in this state, e.g. failed */
        state?: 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
        /** @description Only jobs about this title */
        titleId?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "items": [
           *         {
           *           "id": "0mx3sj1yb00009b17463b6027",
           *           "name": "analyze",
           *           "titleId": "753cd485cea03032af0fbe2a",
           *           "series": null,
           *           "season": null,
           *           "after": [
           *             "0mx3sj1x7000097be8b2c3625"
           *           ],
           *           "priority": 0,
           *           "state": "failed",
           *           "progress": 0,
           *           "stage": "failed",
           *           "attempts": 0,
           *           "error": {
           *             "code": "not-found",
           *             "message": "not found (HTTP 404)",
           *             "details": {
           *               "reason": "not-found"
           *             }
           *           },
           *           "createdAt": "2026-11-30T21:39:03.971Z",
           *           "startedAt": null,
           *           "finishedAt": "2026-11-30T21:39:04.113Z"
           *         },
           *         {
           *           "id": "0mx3sj1x7000097be8b2c3625",
           *           "name": "download",
           *           "titleId": "753cd485cea03032af0fbe2a",
           *           "series": null,
           *           "season": null,
           *           "after": [],
           *           "priority": 0,
           *           "state": "failed",
           *           "progress": 0,
           *           "stage": "failed",
           *           "attempts": 1,
           *           "error": {
           *             "code": "not-found",
           *             "message": "not found (HTTP 404)",
           *             "details": {
           *               "reason": "not-found"
           *             }
           *           },
           *           "createdAt": "2026-11-30T21:39:03.931Z",
           *           "startedAt": "2026-11-30T21:39:03.999Z",
           *           "finishedAt": "2026-11-30T21:39:04.110Z"
           *         }
           *       ],
           *       "nextCursor": null
           *     }
           */
          'application/json': components['schemas']['JobPage'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  getJob: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "id": "0mx3sj1x7000097be8b2c3625",
           *       "name": "download",
           *       "titleId": "753cd485cea03032af0fbe2a",
           *       "series": null,
           *       "season": null,
           *       "after": [],
           *       "priority": 0,
           *       "state": "failed",
           *       "progress": 0,
           *       "stage": "failed",
           *       "attempts": 1,
           *       "error": {
           *         "code": "not-found",
           *         "message": "not found (HTTP 404)",
           *         "details": {
           *           "reason": "not-found"
           *         }
           *       },
           *       "createdAt": "2026-11-30T21:39:03.931Z",
           *       "startedAt": "2026-11-30T21:39:03.999Z",
           *       "finishedAt": "2026-11-30T21:39:04.110Z"
           *     }
           */
          'application/json': components['schemas']['Job'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  cancelJob: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "id": "0mx3sj1x7000097be8b2c3625",
           *       "name": "download",
           *       "titleId": "753cd485cea03032af0fbe2a",
           *       "series": null,
           *       "season": null,
           *       "after": [],
           *       "priority": 0,
           *       "state": "cancelled",
           *       "progress": 0,
           *       "stage": "cancelled",
           *       "attempts": 0,
           *       "error": {
           *         "code": "cancelled",
           *         "message": "The job was cancelled"
           *       },
           *       "createdAt": "2026-11-30T21:39:03.931Z",
           *       "startedAt": null,
           *       "finishedAt": "2026-11-30T21:39:04.801Z"
           *     }
           */
          'application/json': components['schemas']['Job'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  followJob: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example event: job
           *     id: 1
           *     data: {"id":"0mx3sh6bp00006562a5461b61","name":"analyze","titleId":"6551c369d3e7a7073862a81f","series":null,"season":null,"after":[],"priority":0,"state":"running","progress":0,"stage":"starting","attempts":1,"error":null,"createdAt":"2026-11-30T21:37:36.325Z","startedAt":"2026-11-30T21:37:36.393Z","finishedAt":null}
           */
          'text/event-stream': string;
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  retryJob: {
    parameters: {
      query?: never;
      header?: {
        /** @description A repeated request with this key gets its first answer, for a day */
        'Idempotency-Key'?: string;
      };
      path: { id: string };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description What is being done */
      202: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "id": "0mx3sj1x7000097be8b2c3625",
           *       "name": "download",
           *       "titleId": "753cd485cea03032af0fbe2a",
           *       "series": null,
           *       "season": null,
           *       "after": [],
           *       "priority": 0,
           *       "state": "queued",
           *       "progress": 0,
           *       "stage": "queued",
           *       "attempts": 0,
           *       "error": null,
           *       "createdAt": "2026-11-30T21:39:03.931Z",
           *       "startedAt": null,
           *       "finishedAt": null
           *     }
           */
          'application/json': components['schemas']['Job'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      409: components['responses']['Conflict'];
      422: components['responses']['UnprocessableEntity'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  followJobs: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: { headers: { [name: string]: unknown }; content: { 'text/event-stream': string } };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  listKeys: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "items": [
           *         {
           *           "id": "928a2b0f6d49",
           *           "name": "Player",
           *           "tenant": "default",
           *           "scopes": [
           *             "read"
           *           ],
           *           "createdAt": "2026-11-30T21:39:05.086Z",
           *           "expiresAt": null,
           *           "revokedAt": null
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['ApiKeys'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  createKey: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody: {
      content: {
        /**
         * @example {
         *       "name": "Player",
         *       "scopes": [
         *         "read"
         *       ]
         *     }
         */
        'application/json': components['schemas']['ApiKeyInput'];
      };
    };
    responses: {
      /** @description What was made */
      201: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "key": {
           *         "id": "928a2b0f6d49",
           *         "name": "Player",
           *         "tenant": "default",
           *         "scopes": [
           *           "read"
           *         ],
           *         "createdAt": "2026-11-30T21:39:05.086Z",
           *         "expiresAt": null,
           *         "revokedAt": null
           *       },
           *       "text": "ks_..."
           *     }
           */
          'application/json': components['schemas']['NewApiKey'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      408: components['responses']['RequestTimeout'];
      413: components['responses']['PayloadTooLarge'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  revokeKey: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: { headers: { [name: string]: unknown }; content?: never };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  listPeople: {
    parameters: {
      query?: {
        /** @description nextCursor of the page before */
        cursor?: string;
        hidden?: 'true' | 'false';
        limit?: number;
        /** @description true: people with a name; false: strangers */
        named?: 'true' | 'false';
        /** @description Words of a name or an alias, or beginnings of them; case and accents aside */
        q?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "items": [
           *         {
           *           "id": "p-d551f89cea9841a8",
           *           "name": "Ada Abel",
           *           "aliases": [],
           *           "label": null,
           *           "hidden": false,
           *           "photos": 1,
           *           "titles": 1,
           *           "screenTime": 4,
           *           "createdAt": "2026-11-30T21:37:33.490Z"
           *         },
           *         {
           *           "id": "p-768bd15fca2b4125",
           *           "name": "Carla Castel",
           *           "aliases": [],
           *           "label": null,
           *           "hidden": false,
           *           "photos": 1,
           *           "titles": 1,
           *           "screenTime": 5.958333333333334,
           *           "createdAt": "2026-11-30T21:37:33.602Z"
           *         }
           *       ],
           *       "nextCursor": null
           *     }
           */
          'application/json': components['schemas']['PersonPage'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  createPerson: {
    parameters: {
      query?: never;
      header?: {
        /** @description A repeated request with this key gets its first answer, for a day */
        'Idempotency-Key'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "name": "Carla Castel"
         *     }
         */
        'application/json': components['schemas']['PersonInput'];
        'multipart/form-data': components['schemas']['PersonUpload'];
      };
    };
    responses: {
      /** @description What was made */
      201: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "id": "p-d551f89cea9841a8",
           *       "name": "Ada Abel",
           *       "aliases": [],
           *       "label": null,
           *       "hidden": false,
           *       "photos": 1,
           *       "titles": 0,
           *       "screenTime": 0,
           *       "createdAt": "2026-11-30T21:37:33.490Z",
           *       "photoList": [
           *         {
           *           "id": "p-d551f89cea9841a8:05f1aa92520203dfbe360c5835f3a510",
           *           "file": "1.jpg",
           *           "flag": null,
           *           "faces": 1,
           *           "box": [
           *             0.24101474647100138,
           *             0.1798798895635846,
           *             0.5364925300705649,
           *             0.4742852852352293
           *           ],
           *           "quality": 0.8368553638753793,
           *           "hint": null,
           *           "proposedFrom": null,
           *           "confirmed": false
           *         }
           *       ],
           *       "seenIn": []
           *     }
           */
          'application/json': components['schemas']['PersonDetail'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      408: components['responses']['RequestTimeout'];
      409: components['responses']['Conflict'];
      413: components['responses']['PayloadTooLarge'];
      422: components['responses']['UnprocessableEntity'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  getPerson: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "id": "p-cbecaffd1caa42a6",
           *       "name": null,
           *       "aliases": [],
           *       "label": "person 1",
           *       "hidden": false,
           *       "photos": 0,
           *       "titles": 1,
           *       "screenTime": 5.958333333333334,
           *       "createdAt": "2026-11-30T21:38:01.730Z",
           *       "photoList": [],
           *       "seenIn": [
           *         {
           *           "title": "6551c369d3e7a7073862a81f",
           *           "name": "Demo film",
           *           "screenTime": 5.958333333333334,
           *           "firstSeen": 0,
           *           "lastSeen": 6,
           *           "bestFrame": {
           *             "time": 4,
           *             "box": [
           *               0.902,
           *               0.3054,
           *               0.098,
           *               0.37
           *             ]
           *           },
           *           "tracks": [
           *             "t1",
           *             "t4"
           *           ]
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['PersonDetail'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  deletePerson: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: { headers: { [name: string]: unknown }; content?: never };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  updatePerson: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody: {
      content: {
        /**
         * @example {
         *       "name": "Someone else",
         *       "aliases": [
         *         "Some One"
         *       ]
         *     }
         */
        'application/json': components['schemas']['PersonPatch'];
      };
    };
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "id": "p-b3401482c3c04602",
           *       "name": "Someone else",
           *       "aliases": [
           *         "Some One"
           *       ],
           *       "label": null,
           *       "hidden": false,
           *       "photos": 0,
           *       "titles": 1,
           *       "screenTime": 2,
           *       "createdAt": "2026-11-30T21:39:02.810Z",
           *       "photoList": [],
           *       "seenIn": [
           *         {
           *           "title": "6551c369d3e7a7073862a81f",
           *           "name": "Demo film",
           *           "screenTime": 2,
           *           "firstSeen": 0,
           *           "lastSeen": 2,
           *           "bestFrame": {
           *             "time": 1,
           *             "box": [
           *               0.5281,
           *               0.1804,
           *               0.151,
           *               0.3459
           *             ]
           *           },
           *           "tracks": [
           *             "t3"
           *           ]
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['PersonDetail'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      408: components['responses']['RequestTimeout'];
      409: components['responses']['Conflict'];
      413: components['responses']['PayloadTooLarge'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  getPersonBroadcasts: {
    parameters: {
      query?: {
        /** @description Of when it is asked; now where it is left out */
        at?: string;
        /** @description Only channels that can be received there: 48.86,2.35 */
        place?: string;
      };
      header?: never;
      path: { id: string };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "last": {
           *         "title": "Evening film",
           *         "subtitle": null,
           *         "season": null,
           *         "episode": null,
           *         "channel": "One",
           *         "start": "2026-11-29T20:15:00.000Z",
           *         "stop": "2026-11-29T22:00:00.000Z"
           *       },
           *       "next": {
           *         "title": "Evening film",
           *         "subtitle": null,
           *         "season": null,
           *         "episode": null,
           *         "channel": "One",
           *         "start": "2026-12-06T20:15:00.000Z",
           *         "stop": "2026-12-06T22:00:00.000Z"
           *       }
           *     }
           */
          'application/json': components['schemas']['Broadcasts'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      422: components['responses']['UnprocessableEntity'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  getFace: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: { headers: { [name: string]: unknown }; content: { 'image/jpeg': Blob } };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  mergePeople: {
    parameters: {
      query?: never;
      header?: {
        /** @description A repeated request with this key gets its first answer, for a day */
        'Idempotency-Key'?: string;
      };
      path: { id: string };
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "people": [
         *         "p-9513b7b400704a79"
         *       ]
         *     }
         */
        'application/json': components['schemas']['MergeInput'];
      };
    };
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "id": "p-b3401482c3c04602",
           *       "name": "Someone else",
           *       "aliases": [
           *         "Some One"
           *       ],
           *       "label": null,
           *       "hidden": false,
           *       "photos": 0,
           *       "titles": 1,
           *       "screenTime": 2,
           *       "createdAt": "2026-11-30T21:39:02.810Z",
           *       "photoList": [],
           *       "seenIn": [
           *         {
           *           "title": "6551c369d3e7a7073862a81f",
           *           "name": "Demo film",
           *           "screenTime": 2,
           *           "firstSeen": 0,
           *           "lastSeen": 2,
           *           "bestFrame": {
           *             "time": 1,
           *             "box": [
           *               0.5281,
           *               0.1804,
           *               0.151,
           *               0.3459
           *             ]
           *           },
           *           "tracks": [
           *             "t3"
           *           ]
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['PersonDetail'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      408: components['responses']['RequestTimeout'];
      409: components['responses']['Conflict'];
      413: components['responses']['PayloadTooLarge'];
      422: components['responses']['UnprocessableEntity'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  rejectTracks: {
    parameters: {
      query?: never;
      header?: {
        /** @description A repeated request with this key gets its first answer, for a day */
        'Idempotency-Key'?: string;
      };
      path: { id: string };
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "title": "6551c369d3e7a7073862a81f",
         *       "tracks": [
         *         "t3"
         *       ]
         *     }
         */
        'application/json': components['schemas']['Tracks'];
      };
    };
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "id": "p-768bd15fca2b4125",
           *       "name": "Carla Castel",
           *       "aliases": [],
           *       "label": null,
           *       "hidden": false,
           *       "photos": 1,
           *       "titles": 0,
           *       "screenTime": 0,
           *       "createdAt": "2026-11-30T21:37:33.602Z",
           *       "photoList": [
           *         {
           *           "id": "p-768bd15fca2b4125:3bdf081d6a61fd0a4ff6d26dbaa3a9d7",
           *           "file": "1.jpg",
           *           "flag": null,
           *           "faces": 1,
           *           "box": [
           *             0.16634243953194788,
           *             0.1954114834593895,
           *             0.6704672045272108,
           *             0.6481245773730517
           *           ],
           *           "quality": 0.7137135321143196,
           *           "hint": null,
           *           "proposedFrom": null,
           *           "confirmed": false
           *         }
           *       ],
           *       "seenIn": []
           *     }
           */
          'application/json': components['schemas']['PersonDetail'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      408: components['responses']['RequestTimeout'];
      409: components['responses']['Conflict'];
      413: components['responses']['PayloadTooLarge'];
      422: components['responses']['UnprocessableEntity'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  listPhotos: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "items": [
           *         {
           *           "id": "p-768bd15fca2b4125:3bdf081d6a61fd0a4ff6d26dbaa3a9d7",
           *           "file": "1.jpg",
           *           "flag": null,
           *           "faces": 1,
           *           "box": [
           *             0.16634243953194788,
           *             0.1954114834593895,
           *             0.6704672045272108,
           *             0.6481245773730517
           *           ],
           *           "quality": 0.7137135321143196,
           *           "hint": null,
           *           "proposedFrom": null,
           *           "confirmed": false
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['Photos'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  addPhotos: {
    parameters: {
      query?: never;
      header?: {
        /** @description A repeated request with this key gets its first answer, for a day */
        'Idempotency-Key'?: string;
      };
      path: { id: string };
      cookie?: never;
    };
    requestBody: { content: { 'multipart/form-data': components['schemas']['PhotosUpload'] } };
    responses: {
      /** @description What was made */
      201: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "id": "p-768bd15fca2b4125",
           *       "name": "Carla Castel",
           *       "aliases": [],
           *       "label": null,
           *       "hidden": false,
           *       "photos": 1,
           *       "titles": 0,
           *       "screenTime": 0,
           *       "createdAt": "2026-11-30T21:37:33.602Z",
           *       "photoList": [
           *         {
           *           "id": "p-768bd15fca2b4125:3bdf081d6a61fd0a4ff6d26dbaa3a9d7",
           *           "file": "1.jpg",
           *           "flag": null,
           *           "faces": 1,
           *           "box": [
           *             0.16634243953194788,
           *             0.1954114834593895,
           *             0.6704672045272108,
           *             0.6481245773730517
           *           ],
           *           "quality": 0.7137135321143196,
           *           "hint": null,
           *           "proposedFrom": null,
           *           "confirmed": false
           *         }
           *       ],
           *       "seenIn": []
           *     }
           */
          'application/json': components['schemas']['PersonDetail'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      408: components['responses']['RequestTimeout'];
      409: components['responses']['Conflict'];
      413: components['responses']['PayloadTooLarge'];
      422: components['responses']['UnprocessableEntity'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  deletePhoto: {
    parameters: { query?: never; header?: never; path: { id: string; photo: string }; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: { headers: { [name: string]: unknown }; content?: never };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  judgePhoto: {
    parameters: { query?: never; header?: never; path: { id: string; photo: string }; cookie?: never };
    requestBody: {
      content: {
        /**
         * @example {
         *       "confirmed": true
         *     }
         */
        'application/json': components['schemas']['PhotoPatch'];
      };
    };
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "id": "p-4eef3e01bd2a4829",
           *       "name": "Ines Ilves",
           *       "aliases": [],
           *       "label": null,
           *       "hidden": false,
           *       "photos": 1,
           *       "titles": 1,
           *       "screenTime": 4,
           *       "createdAt": "2026-11-30T21:39:01.043Z",
           *       "photoList": [
           *         {
           *           "id": "p-4eef3e01bd2a4829:89f64bac9d2e7550c22ace19d6cf5d6f",
           *           "file": "1.jpg",
           *           "flag": null,
           *           "faces": 1,
           *           "box": [
           *             0.23255730286360415,
           *             0.3429632192993294,
           *             0.4844266223147302,
           *             0.5986096678767769
           *           ],
           *           "quality": 0.7663929133767721,
           *           "hint": null,
           *           "proposedFrom": "/gallery/Ines Ilves/1.jpg",
           *           "confirmed": true
           *         }
           *       ],
           *       "seenIn": [
           *         {
           *           "title": "6551c369d3e7a7073862a81f",
           *           "name": "Demo film",
           *           "screenTime": 4,
           *           "firstSeen": 6,
           *           "lastSeen": 10,
           *           "bestFrame": {
           *             "time": 6,
           *             "box": [
           *               0.4403,
           *               0.2461,
           *               0.1099,
           *               0.3536
           *             ]
           *           },
           *           "tracks": [
           *             "t9",
           *             "t13"
           *           ]
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['PersonDetail'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      408: components['responses']['RequestTimeout'];
      409: components['responses']['Conflict'];
      413: components['responses']['PayloadTooLarge'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  splitPerson: {
    parameters: {
      query?: never;
      header?: {
        /** @description A repeated request with this key gets its first answer, for a day */
        'Idempotency-Key'?: string;
      };
      path: { id: string };
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "tracks": [
         *         {
         *           "title": "6551c369d3e7a7073862a81f",
         *           "tracks": [
         *             "t3"
         *           ]
         *         }
         *       ],
         *       "name": "Somebody else"
         *     }
         */
        'application/json': components['schemas']['SplitInput'];
      };
    };
    responses: {
      /** @description What was made */
      201: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "id": "p-b3401482c3c04602",
           *       "name": "Somebody else",
           *       "aliases": [],
           *       "label": null,
           *       "hidden": false,
           *       "photos": 0,
           *       "titles": 1,
           *       "screenTime": 2,
           *       "createdAt": "2026-11-30T21:39:02.810Z",
           *       "photoList": [],
           *       "seenIn": [
           *         {
           *           "title": "6551c369d3e7a7073862a81f",
           *           "name": "Demo film",
           *           "screenTime": 2,
           *           "firstSeen": 0,
           *           "lastSeen": 2,
           *           "bestFrame": {
           *             "time": 1,
           *             "box": [
           *               0.5281,
           *               0.1804,
           *               0.151,
           *               0.3459
           *             ]
           *           },
           *           "tracks": [
           *             "t3"
           *           ]
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['PersonDetail'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      408: components['responses']['RequestTimeout'];
      409: components['responses']['Conflict'];
      413: components['responses']['PayloadTooLarge'];
      422: components['responses']['UnprocessableEntity'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  assignTracks: {
    parameters: {
      query?: never;
      header?: {
        /** @description A repeated request with this key gets its first answer, for a day */
        'Idempotency-Key'?: string;
      };
      path: { id: string };
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "title": "6551c369d3e7a7073862a81f",
         *       "tracks": [
         *         "t3"
         *       ]
         *     }
         */
        'application/json': components['schemas']['Tracks'];
      };
    };
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "id": "p-768bd15fca2b4125",
           *       "name": "Carla Castel",
           *       "aliases": [],
           *       "label": null,
           *       "hidden": false,
           *       "photos": 1,
           *       "titles": 1,
           *       "screenTime": 5.958333333333334,
           *       "createdAt": "2026-11-30T21:37:33.602Z",
           *       "photoList": [
           *         {
           *           "id": "p-768bd15fca2b4125:3bdf081d6a61fd0a4ff6d26dbaa3a9d7",
           *           "file": "1.jpg",
           *           "flag": null,
           *           "faces": 1,
           *           "box": [
           *             0.16634243953194788,
           *             0.1954114834593895,
           *             0.6704672045272108,
           *             0.6481245773730517
           *           ],
           *           "quality": 0.7137135321143196,
           *           "hint": null,
           *           "proposedFrom": null,
           *           "confirmed": false
           *         }
           *       ],
           *       "seenIn": [
           *         {
           *           "title": "6551c369d3e7a7073862a81f",
           *           "name": "Demo film",
           *           "screenTime": 5.958333333333334,
           *           "firstSeen": 0,
           *           "lastSeen": 6,
           *           "bestFrame": {
           *             "time": 4,
           *             "box": [
           *               0.5799,
           *               0.1886,
           *               0.1808,
           *               0.4341
           *             ]
           *           },
           *           "tracks": [
           *             "t3",
           *             "t5"
           *           ]
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['PersonDetail'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      408: components['responses']['RequestTimeout'];
      409: components['responses']['Conflict'];
      413: components['responses']['PayloadTooLarge'];
      422: components['responses']['UnprocessableEntity'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  fetchPhotos: {
    parameters: {
      query?: never;
      header?: {
        /** @description A repeated request with this key gets its first answer, for a day */
        'Idempotency-Key'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /** @example {} */
        'application/json': components['schemas']['PhotoSearchInput'];
      };
    };
    responses: {
      /** @description What is being done */
      202: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "id": "0mx3sizbn0000a6da6fcb89bb",
           *       "name": "photos",
           *       "titleId": null,
           *       "series": null,
           *       "season": null,
           *       "after": [],
           *       "priority": 0,
           *       "state": "queued",
           *       "progress": 0,
           *       "stage": "queued",
           *       "attempts": 0,
           *       "error": null,
           *       "createdAt": "2026-11-30T21:39:00.563Z",
           *       "startedAt": null,
           *       "finishedAt": null
           *     }
           */
          'application/json': components['schemas']['Job'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      408: components['responses']['RequestTimeout'];
      409: components['responses']['Conflict'];
      413: components['responses']['PayloadTooLarge'];
      422: components['responses']['UnprocessableEntity'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  getSeriesPlayers: {
    parameters: { query?: never; header?: never; path: { series: string }; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "players": false
           *     }
           */
          'application/json': components['schemas']['SeriesPlayers'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  setSeriesPlayers: {
    parameters: { query?: never; header?: never; path: { series: string }; cookie?: never };
    requestBody: {
      content: {
        /**
         * @example {
         *       "players": false
         *     }
         */
        'application/json': components['schemas']['SeriesPlayers'];
      };
    };
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "players": false
           *     }
           */
          'application/json': components['schemas']['SeriesPlayers'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      408: components['responses']['RequestTimeout'];
      413: components['responses']['PayloadTooLarge'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  getSkipSettings: {
    parameters: { query?: never; header?: never; path: { series: string }; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "recap": "auto",
           *       "intro": "offer",
           *       "credits": "offer",
           *       "preview": "never"
           *     }
           */
          'application/json': components['schemas']['SkipSettings'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  setSkipSettings: {
    parameters: { query?: never; header?: never; path: { series: string }; cookie?: never };
    requestBody: {
      content: {
        /**
         * @example {
         *       "recap": "auto",
         *       "preview": "never"
         *     }
         */
        'application/json': components['schemas']['SkipSettingsInput'];
      };
    };
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "recap": "auto",
           *       "intro": "offer",
           *       "credits": "offer",
           *       "preview": "never"
           *     }
           */
          'application/json': components['schemas']['SkipSettings'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      408: components['responses']['RequestTimeout'];
      413: components['responses']['PayloadTooLarge'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  startSession: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody: {
      content: {
        /**
         * @example {
         *       "key": "ks_0123456789ab_..."
         *     }
         */
        'application/json': components['schemas']['SessionInput'];
      };
    };
    responses: {
      /** @description Done */
      204: { headers: { [name: string]: unknown }; content?: never };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      408: components['responses']['RequestTimeout'];
      413: components['responses']['PayloadTooLarge'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  endSession: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: { headers: { [name: string]: unknown }; content?: never };
      400: components['responses']['BadRequest'];
      403: components['responses']['Forbidden'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  listTitles: {
    parameters: {
      query?: {
        /** @description nextCursor of the page before */
        cursor?: string;
        /** @description One of its three genres */
        genre?: string;
        /** @description Of its file: SHA-256, or the moviehash of OpenSubtitles, which players reckon without reading all of it */
        hash?: string;
        limit?: number;
        /** @description What the path of its file begins with; the whole path finds that film */
        path?: string;
        /** @description Id of somebody who appears in it */
        person?: string;
        /** @description Words of the name, series or channel, or beginnings of them */
        q?: string;
        /** @description With a minus: the last first */
        sort?: '-added' | 'added' | 'name' | '-name' | 'year' | '-year';
        status?: 'new' | 'running' | 'failed' | 'done';
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "items": [
           *         {
           *           "id": "6551c369d3e7a7073862a81f",
           *           "name": "Demo film",
           *           "source": {
           *             "kind": "upload",
           *             "location": "demo-film.mp4"
           *           },
           *           "contentHash": "6551c369d3e7a7073862a81f0af48462a2289868c6181a87e993929cb32f0954",
           *           "duration": 29,
           *           "width": 640,
           *           "height": 360,
           *           "frameRate": 24,
           *           "playback": "direct",
           *           "metadata": {
           *             "title": "demo-film",
           *             "year": 2026,
           *             "series": "Demos",
           *             "season": 1,
           *             "episode": 2
           *           },
           *           "players": null,
           *           "createdAt": "2026-11-30T21:37:34.216Z",
           *           "status": "done",
           *           "poster": "/v1/titles/6551c369d3e7a7073862a81f/poster",
           *           "kinds": [
           *             "genre",
           *             "credits"
           *           ],
           *           "job": null,
           *           "error": null
           *         }
           *       ],
           *       "nextCursor": null
           *     }
           */
          'application/json': components['schemas']['TitlePage'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  createTitle: {
    parameters: {
      query?: never;
      header?: {
        /** @description A repeated request with this key gets its first answer, for a day */
        'Idempotency-Key'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "link": "http://127.0.0.1:3000/missing.mp4"
         *     }
         */
        'application/json': components['schemas']['TitleInput'];
        'multipart/form-data': components['schemas']['TitleUpload'];
      };
    };
    responses: {
      /** @description What was made */
      201: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "title": {
           *         "id": "6551c369d3e7a7073862a81f",
           *         "name": "Demo film",
           *         "source": {
           *           "kind": "upload",
           *           "location": "demo-film.mp4"
           *         },
           *         "contentHash": "6551c369d3e7a7073862a81f0af48462a2289868c6181a87e993929cb32f0954",
           *         "duration": 29,
           *         "width": 640,
           *         "height": 360,
           *         "frameRate": 24,
           *         "playback": "direct",
           *         "metadata": {
           *           "title": "demo-film"
           *         },
           *         "players": null,
           *         "createdAt": "2026-11-30T21:37:34.216Z"
           *       },
           *       "job": null,
           *       "analysis": null
           *     }
           */
          'application/json': components['schemas']['TitleWithJob'];
        };
      };
      /** @description What is being done */
      202: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "title": {
           *         "id": "753cd485cea03032af0fbe2a",
           *         "name": "http://127.0.0.1:3000/missing.mp4",
           *         "source": {
           *           "kind": "link",
           *           "location": "http://127.0.0.1:3000/missing.mp4"
           *         },
           *         "contentHash": null,
           *         "duration": null,
           *         "width": null,
           *         "height": null,
           *         "frameRate": null,
           *         "playback": null,
           *         "metadata": {},
           *         "players": null,
           *         "createdAt": "2026-11-30T21:39:03.921Z"
           *       },
           *       "job": {
           *         "id": "0mx3sj1x7000097be8b2c3625",
           *         "name": "download",
           *         "titleId": "753cd485cea03032af0fbe2a",
           *         "series": null,
           *         "season": null,
           *         "after": [],
           *         "priority": 0,
           *         "state": "queued",
           *         "progress": 0,
           *         "stage": "queued",
           *         "attempts": 0,
           *         "error": null,
           *         "createdAt": "2026-11-30T21:39:03.931Z",
           *         "startedAt": null,
           *         "finishedAt": null
           *       },
           *       "analysis": {
           *         "id": "0mx3sj1yb00009b17463b6027",
           *         "name": "analyze",
           *         "titleId": "753cd485cea03032af0fbe2a",
           *         "series": null,
           *         "season": null,
           *         "after": [
           *           "0mx3sj1x7000097be8b2c3625"
           *         ],
           *         "priority": 0,
           *         "state": "queued",
           *         "progress": 0,
           *         "stage": "waiting",
           *         "attempts": 0,
           *         "error": null,
           *         "createdAt": "2026-11-30T21:39:03.971Z",
           *         "startedAt": null,
           *         "finishedAt": null
           *       }
           *     }
           */
          'application/json': components['schemas']['TitleWithJob'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      408: components['responses']['RequestTimeout'];
      409: components['responses']['Conflict'];
      413: components['responses']['PayloadTooLarge'];
      422: components['responses']['UnprocessableEntity'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  getTitle: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "id": "6551c369d3e7a7073862a81f",
           *       "name": "Demo film",
           *       "source": {
           *         "kind": "upload",
           *         "location": "demo-film.mp4"
           *       },
           *       "contentHash": "6551c369d3e7a7073862a81f0af48462a2289868c6181a87e993929cb32f0954",
           *       "duration": 29,
           *       "width": 640,
           *       "height": 360,
           *       "frameRate": 24,
           *       "playback": "direct",
           *       "metadata": {
           *         "title": "demo-film",
           *         "year": 2026,
           *         "series": "Demos",
           *         "season": 1,
           *         "episode": 2
           *       },
           *       "players": null,
           *       "createdAt": "2026-11-30T21:37:34.216Z"
           *     }
           */
          'application/json': components['schemas']['Title'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  deleteTitle: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: { headers: { [name: string]: unknown }; content?: never };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  updateTitle: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody: {
      content: {
        /**
         * @example {
         *       "year": 2026,
         *       "series": "Demos",
         *       "season": 1,
         *       "episode": 2
         *     }
         */
        'application/json': components['schemas']['TitlePatch'];
      };
    };
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "id": "6551c369d3e7a7073862a81f",
           *       "name": "Demo film",
           *       "source": {
           *         "kind": "upload",
           *         "location": "demo-film.mp4"
           *       },
           *       "contentHash": "6551c369d3e7a7073862a81f0af48462a2289868c6181a87e993929cb32f0954",
           *       "duration": 29,
           *       "width": 640,
           *       "height": 360,
           *       "frameRate": 24,
           *       "playback": "direct",
           *       "metadata": {
           *         "title": "demo-film",
           *         "year": 2026,
           *         "series": "Demos",
           *         "season": 1,
           *         "episode": 2
           *       },
           *       "players": null,
           *       "createdAt": "2026-11-30T21:37:34.216Z"
           *     }
           */
          'application/json': components['schemas']['Title'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      408: components['responses']['RequestTimeout'];
      413: components['responses']['PayloadTooLarge'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  listAnalyses: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "job": null,
           *       "analyses": [
           *         {
           *           "kind": "cast",
           *           "detectorVersion": "faces@30e888cfa181 face-verifier@8847fba1656b face-whitening@65edc3487eae pictures@8ce7b95969e7 face-rfb@901daeb94781 face-landmark@75fa35e0bd2d face-embed-512@3fe0e50beb48 person-movenet.int8@608d3c4da4c8 people@b7a46d08b1c4 body-likeness@11f975127dee face-whitening@65edc3487eae",
           *           "truncated": false,
           *           "finishedAt": "2026-11-30T21:37:59.967Z",
           *           "result": {
           *             "scenes": [
           *               {
           *                 "start": 0,
           *                 "end": 6,
           *                 "shots": 3,
           *                 "cast": [
           *                   {
           *                     "key": "p-cbecaffd1caa42a6",
           *                     "name": null,
           *                     "personId": "p-cbecaffd1caa42a6",
           *                     "label": "person 1",
           *                     "confidence": 0.8662687355961916,
           *                     "screenTime": 5.958333333333334,
           *                     "firstSeen": 0,
           *                     "lastSeen": 6
           *                   },
           *                   {
           *                     "key": "p-768bd15fca2b4125",
           *                     "name": "Carla Castel",
           *                     "personId": "p-768bd15fca2b4125",
           *                     "label": null,
           *                     "confidence": 0.9999915670316787,
           *                     "screenTime": 5.958333333333334,
           *                     "firstSeen": 0,
           *                     "lastSeen": 6
           *                   }
           *                 ],
           *                 "passersBy": 0
           *               },
           *               {
           *                 "start": 6,
           *                 "end": 10,
           *                 "shots": 2,
           *                 "cast": [
           *                   {
           *                     "key": "p-7336b30f9d424615",
           *                     "name": null,
           *                     "personId": "p-7336b30f9d424615",
           *                     "label": "person 11",
           *                     "confidence": 0.9767744202459407,
           *                     "screenTime": 4,
           *                     "firstSeen": 6,
           *                     "lastSeen": 10
           *                   },
           *                   {
           *                     "key": "p-5da4c2e543fc4a93",
           *                     "name": null,
           *                     "personId": "p-5da4c2e543fc4a93",
           *                     "label": "person 13",
           *                     "confidence": 0.9456798966095781,
           *                     "screenTime": 4,
           *                     "firstSeen": 6,
           *                     "lastSeen": 10
           *                   }
           *                 ],
           *                 "passersBy": 0
           *               }
           *             ],
           *             "shots": [
           *               {
           *                 "start": 0,
           *                 "end": 2.0416666666666665,
           *                 "cast": [
           *                   "p-cbecaffd1caa42a6",
           *                   "p-d551f89cea9841a8"
           *                 ]
           *               },
           *               {
           *                 "start": 2.0416666666666665,
           *                 "end": 4,
           *                 "cast": [
           *                   "p-cbecaffd1caa42a6",
           *                   "p-768bd15fca2b4125"
           *                 ]
           *               }
           *             ],
           *             "people": [
           *               {
           *                 "key": "p-cbecaffd1caa42a6",
           *                 "name": null,
           *                 "personId": "p-cbecaffd1caa42a6",
           *                 "label": "person 1",
           *                 "confidence": 0.8662687355961916,
           *                 "screenTime": 5.958333333333334,
           *                 "firstSeen": 0,
           *                 "lastSeen": 6,
           *                 "bestFrame": {
           *                   "time": 4,
           *                   "box": [
           *                     0.902,
           *                     0.3054,
           *                     0.098,
           *                     0.37
           *                   ]
           *                 },
           *                 "appearances": [
           *                   "u1"
           *                 ],
           *                 "tracks": 3,
           *                 "inferredTime": 0.04166666666666652
           *               },
           *               {
           *                 "key": "p-768bd15fca2b4125",
           *                 "name": "Carla Castel",
           *                 "personId": "p-768bd15fca2b4125",
           *                 "label": null,
           *                 "confidence": 0.9999915670316787,
           *                 "screenTime": 5.958333333333334,
           *                 "firstSeen": 0,
           *                 "lastSeen": 6,
           *                 "bestFrame": {
           *                   "time": 4,
           *                   "box": [
           *                     0.5799,
           *                     0.1886,
           *                     0.1808,
           *                     0.4341
           *                   ]
           *                 },
           *                 "appearances": [
           *                   "u3"
           *                 ],
           *                 "tracks": 3,
           *                 "inferredTime": 0.04166666666666652
           *               }
           *             ],
           *             "note": null
           *           }
           *         },
           *         {
           *           "kind": "credits",
           *           "detectorVersion": "credits@785c0fe5b9e9 billing-terms@f3decfbabb3c billing-words@0292f43099fa chapter-names@23b499e5e99a credits-frame-classifier@1c890111e609 credits-segmenter@e355c81ced46 credits-words@3e8ad97c127e resample@d54dee6a474b pictures@8ce7b95969e7 ppocr-det@ce80187a6f87 ppocr-rec@6a7c02c7a7ff",
           *           "truncated": false,
           *           "finishedAt": "2026-11-30T21:37:50.032Z",
           *           "result": {
           *             "creditsStart": 14.5,
           *             "frame": 348,
           *             "timecode": "00:00:14.500",
           *             "smpte": "00:00:14:12",
           *             "confidence": 0.9849827850186804,
           *             "segments": [
           *               {
           *                 "kind": "roll",
           *                 "start": 14.5,
           *                 "end": 29,
           *                 "confidence": 0.9849827850186804,
           *                 "evidence": "11 text boxes a frame, scrolling 6 px/s, luma 28"
           *               }
           *             ],
           *             "nextEpisodeAt": 14.5,
           *             "reason": "credits start and no scene follows",
           *             "models": [
           *               "ppocr-det@ce80187a6f87",
           *               "ppocr-rec@6a7c02c7a7ff"
           *             ],
           *             "sure": true,
           *             "corrected": false
           *           }
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['Analyses'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  startAnalysis: {
    parameters: {
      query?: never;
      header?: {
        /** @description A repeated request with this key gets its first answer, for a day */
        'Idempotency-Key'?: string;
      };
      path: { id: string };
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "kinds": [
         *         "genre",
         *         "credits"
         *       ]
         *     }
         */
        'application/json': components['schemas']['AnalysesInput'];
      };
    };
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "job": null,
           *       "analyses": [
           *         {
           *           "kind": "genre",
           *           "detectorVersion": "genre@ac7908479ad2 resample@d54dee6a474b pictures@8ce7b95969e7 inception-v3.int8@d0d5ffea340b resnet50-imagenet.int8@d8d2728905b0 genre-pictures@fad14a52911e",
           *           "truncated": false,
           *           "finishedAt": "2026-11-30T21:37:42.788Z",
           *           "result": {
           *             "top3": [
           *               {
           *                 "genre": "Romance",
           *                 "probability": 0.914
           *               },
           *               {
           *                 "genre": "Comedy",
           *                 "probability": 0.8953
           *               },
           *               {
           *                 "genre": "Drama",
           *                 "probability": 0.6954
           *               }
           *             ],
           *             "genres": {
           *               "Action": 0.0234,
           *               "Adventure": 0.0522,
           *               "Animation": 0.0009,
           *               "Biography": 0.0176,
           *               "Comedy": 0.8953,
           *               "Crime": 0.0183,
           *               "Documentary": 0.0017,
           *               "Drama": 0.6954,
           *               "Family": 0.0159,
           *               "Fantasy": 0.0652,
           *               "Film-Noir": 0.0029,
           *               "Game-Show": 0.0025,
           *               "History": 0.0108,
           *               "Horror": 0.0081,
           *               "Music": 0.0404,
           *               "Musical": 0.0242,
           *               "Mystery": 0.0365,
           *               "News": 0.0029,
           *               "Reality-TV": 0.0024,
           *               "Romance": 0.914,
           *               "Sci-Fi": 0.0323,
           *               "Short": 0.0027,
           *               "Sport": 0.0156,
           *               "Thriller": 0.0481,
           *               "War": 0.0047,
           *               "Western": 0.0079
           *             },
           *             "sure": false,
           *             "model": "inception-v3.int8@d0d5ffea340b resnet50-imagenet.int8@d8d2728905b0 genre-pictures@fad14a52911e",
           *             "frames": 16,
           *             "dropped": 14,
           *             "evidence": [
           *               {
           *                 "genre": "Romance",
           *                 "times": [
           *                   10,
           *                   7,
           *                   27
           *                 ]
           *               },
           *               {
           *                 "genre": "Comedy",
           *                 "times": [
           *                   7,
           *                   1,
           *                   5
           *                 ]
           *               }
           *             ],
           *             "witnesses": {
           *               "pictures": {
           *                 "top3": [
           *                   {
           *                     "genre": "Romance",
           *                     "probability": 0.914
           *                   },
           *                   {
           *                     "genre": "Comedy",
           *                     "probability": 0.8953
           *                   },
           *                   {
           *                     "genre": "Drama",
           *                     "probability": 0.6954
           *                   }
           *                 ],
           *                 "genres": {
           *                   "Action": 0.0234,
           *                   "Adventure": 0.0522,
           *                   "Animation": 0.0009,
           *                   "Biography": 0.0176,
           *                   "Comedy": 0.8953,
           *                   "Crime": 0.0183,
           *                   "Documentary": 0.0017,
           *                   "Drama": 0.6954,
           *                   "Family": 0.0159,
           *                   "Fantasy": 0.0652,
           *                   "Film-Noir": 0.0029,
           *                   "Game-Show": 0.0025,
           *                   "History": 0.0108,
           *                   "Horror": 0.0081,
           *                   "Music": 0.0404,
           *                   "Musical": 0.0242,
           *                   "Mystery": 0.0365,
           *                   "News": 0.0029,
           *                   "Reality-TV": 0.0024,
           *                   "Romance": 0.914,
           *                   "Sci-Fi": 0.0323,
           *                   "Short": 0.0027,
           *                   "Sport": 0.0156,
           *                   "Thriller": 0.0481,
           *                   "War": 0.0047,
           *                   "Western": 0.0079
           *                 },
           *                 "sure": false
           *               },
           *               "words": null
           *             },
           *             "corrected": false
           *           }
           *         },
           *         {
           *           "kind": "credits",
           *           "detectorVersion": "credits@785c0fe5b9e9 billing-terms@f3decfbabb3c billing-words@0292f43099fa chapter-names@23b499e5e99a credits-frame-classifier@1c890111e609 credits-segmenter@e355c81ced46 credits-words@3e8ad97c127e resample@d54dee6a474b pictures@8ce7b95969e7 ppocr-det@ce80187a6f87 ppocr-rec@6a7c02c7a7ff",
           *           "truncated": false,
           *           "finishedAt": "2026-11-30T21:37:50.032Z",
           *           "result": {
           *             "creditsStart": 14.5,
           *             "frame": 348,
           *             "timecode": "00:00:14.500",
           *             "smpte": "00:00:14:12",
           *             "confidence": 0.9849827850186804,
           *             "segments": [
           *               {
           *                 "kind": "roll",
           *                 "start": 14.5,
           *                 "end": 29,
           *                 "confidence": 0.9849827850186804,
           *                 "evidence": "11 text boxes a frame, scrolling 6 px/s, luma 28"
           *               }
           *             ],
           *             "nextEpisodeAt": 14.5,
           *             "reason": "credits start and no scene follows",
           *             "models": [
           *               "ppocr-det@ce80187a6f87",
           *               "ppocr-rec@6a7c02c7a7ff"
           *             ],
           *             "sure": true,
           *             "corrected": false
           *           }
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['Analyses'];
        };
      };
      /** @description What is being done */
      202: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "job": {
           *         "id": "0mx3sh6bp00006562a5461b61",
           *         "name": "analyze",
           *         "titleId": "6551c369d3e7a7073862a81f",
           *         "series": null,
           *         "season": null,
           *         "after": [],
           *         "priority": 0,
           *         "state": "queued",
           *         "progress": 0,
           *         "stage": "queued",
           *         "attempts": 0,
           *         "error": null,
           *         "createdAt": "2026-11-30T21:37:36.325Z",
           *         "startedAt": null,
           *         "finishedAt": null
           *       },
           *       "analyses": []
           *     }
           */
          'application/json': components['schemas']['Analyses'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      408: components['responses']['RequestTimeout'];
      409: components['responses']['Conflict'];
      413: components['responses']['PayloadTooLarge'];
      422: components['responses']['UnprocessableEntity'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  getAnnotatedFilm: {
    parameters: { query?: never; header?: { Range?: string }; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: { headers: { [name: string]: unknown }; content: { 'video/mp4': Blob } };
      /** @description The bytes that were asked for */
      206: { headers: { [name: string]: unknown }; content: { 'video/mp4': Blob } };
      /** @description As before */
      304: { headers: { [name: string]: unknown }; content?: never };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      416: components['responses']['RangeNotSatisfiable'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  startAnnotatedFilm: {
    parameters: {
      query?: never;
      header?: {
        /** @description A repeated request with this key gets its first answer, for a day */
        'Idempotency-Key'?: string;
      };
      path: { id: string };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description What is being done */
      202: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "job": {
           *         "id": "0mx3si15e0000a6f3bccaeb8b",
           *         "name": "export",
           *         "titleId": "6551c369d3e7a7073862a81f",
           *         "series": null,
           *         "season": null,
           *         "after": [],
           *         "priority": 0,
           *         "state": "queued",
           *         "progress": 0,
           *         "stage": "queued",
           *         "attempts": 0,
           *         "error": null,
           *         "createdAt": "2026-11-30T21:38:16.274Z",
           *         "startedAt": null,
           *         "finishedAt": null
           *       }
           *     }
           */
          'application/json': components['schemas']['WithJob'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      409: components['responses']['Conflict'];
      422: components['responses']['UnprocessableEntity'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  deleteAnnotatedFilm: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: { headers: { [name: string]: unknown }; content?: never };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  getTitleBroadcasts: {
    parameters: {
      query?: {
        /** @description Of when it is asked; now where it is left out */
        at?: string;
        /** @description Only channels that can be received there: 48.86,2.35 */
        place?: string;
      };
      header?: never;
      path: { id: string };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "last": null,
           *       "next": null
           *     }
           */
          'application/json': components['schemas']['Broadcasts'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      422: components['responses']['UnprocessableEntity'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  getCastAt: {
    parameters: {
      query?: {
        /** @description With t: only those whose face is in view, each by their face alone */
        by?: 'face';
        /** @description Seconds: who is on screen then */
        t?: number;
      };
      header?: never;
      path: { id: string };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: { 'application/json': components['schemas']['Cast'] | components['schemas']['CastAt'] };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  getCastList: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "cast": [
           *         {
           *           "name": "Ada Abel",
           *           "role": "The cook",
           *           "by": "given",
           *           "confidence": 1,
           *           "personId": "p-d551f89cea9841a8"
           *         },
           *         {
           *           "name": "Ines Ilves",
           *           "role": null,
           *           "by": "given",
           *           "confidence": 1,
           *           "personId": null
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['CastList'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  setCastList: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody: {
      content: {
        /**
         * @example {
         *       "cast": [
         *         {
         *           "name": "Ada Abel",
         *           "role": "The cook"
         *         },
         *         {
         *           "name": "Ines Ilves"
         *         }
         *       ]
         *     }
         */
        'application/json': components['schemas']['CastListInput'];
      };
    };
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "cast": [
           *         {
           *           "name": "Ada Abel",
           *           "role": "The cook",
           *           "by": "given",
           *           "confidence": 1,
           *           "personId": "p-d551f89cea9841a8"
           *         },
           *         {
           *           "name": "Ines Ilves",
           *           "role": null,
           *           "by": "given",
           *           "confidence": 1,
           *           "personId": null
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['CastList'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      408: components['responses']['RequestTimeout'];
      413: components['responses']['PayloadTooLarge'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  setCreditsCorrection: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody: {
      content: {
        /**
         * @example {
         *       "creditsStart": 8.5,
         *       "locked": false
         *     }
         */
        'application/json': components['schemas']['CreditsCorrectionInput'];
      };
    };
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "kind": "credits",
           *       "id": "6551c369d3e7a7073862a81f0af48462a2289868c6181a87e993929cb32f0954:credits",
           *       "titleId": "6551c369d3e7a7073862a81f",
           *       "by": "open",
           *       "createdAt": "2026-11-30T21:38:02.226Z",
           *       "updatedAt": "2026-11-30T21:38:02.226Z",
           *       "locked": false,
           *       "said": {
           *         "creditsStart": 8.5,
           *         "segments": [
           *           {
           *             "kind": "roll",
           *             "start": 8.5,
           *             "end": 29
           *           }
           *         ]
           *       },
           *       "machine": {
           *         "detectorVersion": "credits@785c0fe5b9e9 billing-terms@f3decfbabb3c billing-words@0292f43099fa chapter-names@23b499e5e99a credits-frame-classifier@1c890111e609 credits-segmenter@e355c81ced46 credits-words@3e8ad97c127e resample@d54dee6a474b pictures@8ce7b95969e7 ppocr-det@ce80187a6f87 ppocr-rec@6a7c02c7a7ff",
           *         "creditsStart": 14.5,
           *         "confidence": 0.9849827850186804,
           *         "segments": [
           *           {
           *             "kind": "roll",
           *             "start": 14.5,
           *             "end": 29,
           *             "confidence": 0.9849827850186804,
           *             "evidence": "11 text boxes a frame, scrolling 6 px/s, luma 28"
           *           }
           *         ]
           *       }
           *     }
           */
          'application/json': components['schemas']['CreditsCorrection'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      408: components['responses']['RequestTimeout'];
      409: components['responses']['Conflict'];
      413: components['responses']['PayloadTooLarge'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  deleteCreditsCorrection: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: { headers: { [name: string]: unknown }; content?: never };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      409: components['responses']['Conflict'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  setGenreCorrection: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody: {
      content: {
        /**
         * @example {
         *       "genres": [
         *         "Drama",
         *         "Romance"
         *       ]
         *     }
         */
        'application/json': components['schemas']['GenreCorrectionInput'];
      };
    };
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "kind": "genre",
           *       "id": "6551c369d3e7a7073862a81f0af48462a2289868c6181a87e993929cb32f0954:genre",
           *       "titleId": "6551c369d3e7a7073862a81f",
           *       "by": "open",
           *       "createdAt": "2026-11-30T21:38:02.251Z",
           *       "updatedAt": "2026-11-30T21:38:02.251Z",
           *       "locked": false,
           *       "said": {
           *         "genres": [
           *           "Drama",
           *           "Romance"
           *         ]
           *       },
           *       "machine": {
           *         "detectorVersion": "genre@ac7908479ad2 resample@d54dee6a474b pictures@8ce7b95969e7 inception-v3.int8@d0d5ffea340b resnet50-imagenet.int8@d8d2728905b0 genre-pictures@fad14a52911e",
           *         "genres": {
           *           "Action": 0.0234,
           *           "Adventure": 0.0522,
           *           "Animation": 0.0009,
           *           "Biography": 0.0176,
           *           "Comedy": 0.8953,
           *           "Crime": 0.0183,
           *           "Documentary": 0.0017,
           *           "Drama": 0.6954,
           *           "Family": 0.0159,
           *           "Fantasy": 0.0652,
           *           "Film-Noir": 0.0029,
           *           "Game-Show": 0.0025,
           *           "History": 0.0108,
           *           "Horror": 0.0081,
           *           "Music": 0.0404,
           *           "Musical": 0.0242,
           *           "Mystery": 0.0365,
           *           "News": 0.0029,
           *           "Reality-TV": 0.0024,
           *           "Romance": 0.914,
           *           "Sci-Fi": 0.0323,
           *           "Short": 0.0027,
           *           "Sport": 0.0156,
           *           "Thriller": 0.0481,
           *           "War": 0.0047,
           *           "Western": 0.0079
           *         }
           *       }
           *     }
           */
          'application/json': components['schemas']['GenreCorrection'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      408: components['responses']['RequestTimeout'];
      409: components['responses']['Conflict'];
      413: components['responses']['PayloadTooLarge'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  deleteGenreCorrection: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: { headers: { [name: string]: unknown }; content?: never };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      409: components['responses']['Conflict'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  setSegmentsCorrection: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody: {
      content: {
        /**
         * @example {
         *       "segments": [
         *         {
         *           "kind": "intro",
         *           "start": 0.5,
         *           "end": 4.5
         *         }
         *       ]
         *     }
         */
        'application/json': components['schemas']['SegmentsCorrectionInput'];
      };
    };
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "kind": "segments",
           *       "id": "6551c369d3e7a7073862a81f0af48462a2289868c6181a87e993929cb32f0954:segments",
           *       "titleId": "6551c369d3e7a7073862a81f",
           *       "by": "open",
           *       "createdAt": "2026-11-30T21:38:02.279Z",
           *       "updatedAt": "2026-11-30T21:38:02.279Z",
           *       "locked": false,
           *       "said": {
           *         "segments": [
           *           {
           *             "kind": "intro",
           *             "start": 0.5,
           *             "end": 4.5
           *           }
           *         ]
           *       },
           *       "machine": {
           *         "detectorVersion": "seasons@cd2fb678c158 chapter-names@23b499e5e99a prints@71203c774d19",
           *         "segments": []
           *       }
           *     }
           */
          'application/json': components['schemas']['SegmentsCorrection'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      408: components['responses']['RequestTimeout'];
      409: components['responses']['Conflict'];
      413: components['responses']['PayloadTooLarge'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  deleteSegmentsCorrection: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: { headers: { [name: string]: unknown }; content?: never };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      409: components['responses']['Conflict'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  getCredits: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "creditsStart": 14.5,
           *       "frame": 348,
           *       "timecode": "00:00:14.500",
           *       "smpte": "00:00:14:12",
           *       "confidence": 0.9849827850186804,
           *       "segments": [
           *         {
           *           "kind": "roll",
           *           "start": 14.5,
           *           "end": 29,
           *           "confidence": 0.9849827850186804,
           *           "evidence": "11 text boxes a frame, scrolling 6 px/s, luma 28"
           *         }
           *       ],
           *       "nextEpisodeAt": 14.5,
           *       "reason": "credits start and no scene follows",
           *       "models": [
           *         "ppocr-det@ce80187a6f87",
           *         "ppocr-rec@6a7c02c7a7ff"
           *       ],
           *       "sure": true,
           *       "corrected": false,
           *       "detectorVersion": "credits@785c0fe5b9e9 billing-terms@f3decfbabb3c billing-words@0292f43099fa chapter-names@23b499e5e99a credits-frame-classifier@1c890111e609 credits-segmenter@e355c81ced46 credits-words@3e8ad97c127e resample@d54dee6a474b pictures@8ce7b95969e7 ppocr-det@ce80187a6f87 ppocr-rec@6a7c02c7a7ff",
           *       "truncated": false
           *     }
           */
          'application/json': components['schemas']['Credits'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  getCreditsText: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "cast": [
           *         {
           *           "character": "The cook",
           *           "actor": "Ada Abel",
           *           "confidence": 0.93506449282048,
           *           "start": 15,
           *           "end": 17.041666666666668,
           *           "sure": true
           *         },
           *         {
           *           "character": "The guest",
           *           "actor": "Carla Castel",
           *           "confidence": 0.9503945688654609,
           *           "start": 15,
           *           "end": 17.041666666666668,
           *           "sure": true
           *         }
           *       ],
           *       "crew": [
           *         {
           *           "role": "Director",
           *           "department": "Crew",
           *           "names": [
           *             {
           *               "text": "Ada Abel",
           *               "confidence": 0.9566936844715472,
           *               "start": 16,
           *               "end": 18.041666666666668,
           *               "sure": true
           *             },
           *             {
           *               "text": "Elin Castel",
           *               "confidence": 0.9628232693696177,
           *               "start": 16,
           *               "end": 18.041666666666668,
           *               "sure": true
           *             }
           *           ]
           *         },
           *         {
           *           "role": "Writer",
           *           "department": "Crew",
           *           "names": [
           *             {
           *               "text": "Bruno Dorn",
           *               "confidence": 0.9756774906806788,
           *               "start": 17.041666666666668,
           *               "end": 18.041666666666668,
           *               "sure": true
           *             },
           *             {
           *               "text": "Farid Jansen",
           *               "confidence": 0.9691835376311597,
           *               "start": 17.041666666666668,
           *               "end": 18.041666666666668,
           *               "sure": true
           *             }
           *           ]
           *         }
           *       ],
           *       "companies": [],
           *       "songs": [],
           *       "lines": [
           *         {
           *           "start": 15,
           *           "end": 16,
           *           "parts": [
           *             {
           *               "text": "Cast",
           *               "confidence": 0.9668287973579064,
           *               "start": 15,
           *               "end": 16
           *             }
           *           ]
           *         },
           *         {
           *           "start": 15,
           *           "end": 17.041666666666668,
           *           "parts": [
           *             {
           *               "text": "The cook",
           *               "confidence": 0.9779937358252477,
           *               "start": 15,
           *               "end": 17.041666666666668
           *             },
           *             {
           *               "text": "Ada Abel",
           *               "confidence": 0.9604845870290961,
           *               "start": 15,
           *               "end": 17.041666666666668
           *             }
           *           ]
           *         }
           *       ],
           *       "reason": "",
           *       "models": [
           *         "ppocr-det@ce80187a6f87",
           *         "ppocr-rec-trunk@885a3b3ef83d"
           *       ],
           *       "detectorVersion": "billing@8c1bb74a0945 billing-confidence@c768c868f1c1 billing-letters@14c5d89eb0c9 billing-terms@f3decfbabb3c billing-words@0292f43099fa resample@d54dee6a474b pictures@8ce7b95969e7 ppocr-det@ce80187a6f87 ppocr-rec-trunk@885a3b3ef83d latin-letters@60d9f855655d credits@785c0fe5b9e9 billing-terms@f3decfbabb3c billing-words@0292f43099fa chapter-names@23b499e5e99a credits-frame-classifier@1c890111e609 credits-segmenter@e355c81ced46 credits-words@3e8ad97c127e resample@d54dee6a474b pictures@8ce7b95969e7 ppocr-det@ce80187a6f87 ppocr-rec@6a7c02c7a7ff",
           *       "truncated": false
           *     }
           */
          'application/json': components['schemas']['Billing'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  exportTitle: {
    parameters: {
      query: {
        format:
          'vtt' | 'edl' | 'chapters' | 'matroska' | 'jellyfin' | 'nfo' | 'csv' | 'rekognition' | 'rekognition-segments';
        /** @description How sure answers must be, 0 to 1; unset: 0.5, and 0.8 for names that were read. What is less sure is left out */
        minConfidence?: number;
        /** @description Seconds that are added to all times, e.g. -0.5: a little earlier */
        offset?: number;
      };
      header?: never;
      path: { id: string };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "Items": [
           *         {
           *           "Id": "aa9149f4-4797-54ac-89c6-b01b03a1dbcb",
           *           "ItemId": "c298911c-8b0e-5501-8458-2d30b78b6b86",
           *           "Type": "Outro",
           *           "StartTicks": 145000000,
           *           "EndTicks": 290000000
           *         }
           *       ],
           *       "TotalRecordCount": 1,
           *       "StartIndex": 0
           *     }
           */
          'application/json':
            | components['schemas']['JellyfinSegments']
            | components['schemas']['CelebrityRecognition']
            | components['schemas']['SegmentDetection'];
          'text/csv': string;
          /**
           * @example 0.000	6.000	2
           *     6.000	10.000	2
           *     10.000	14.583	2
           *     14.583	26.458	2
           *     14.500	29.000	3
           */
          'text/plain': string;
          /**
           * @example WEBVTT
           *
           *     1
           *     00:00:00.000 --> 00:00:06.000
           *     Scene 1: person 1, Carla Castel, Ada Abel
           *
           *     2
           *     00:00:06.000 --> 00:00:10.000
           *     Scene 2: person 11, person 13, person 14, person 12
           *
           *     3
           *     00:00:10.000 --> 00:00:14.500
           *     Scene 3: person 15, person 16, person 2, person 3, person 4, person 5, person 6, person 7
           *
           *     4
           *     00:00:14.500 --> 00:00:29.000
           *     Credits
           */
          'text/vtt': string;
          'text/xml': string;
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  getTitleFile: {
    parameters: { query?: { tenant?: string }; header?: { Range?: string }; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: { headers: { [name: string]: unknown }; content: { 'application/octet-stream': Blob } };
      /** @description The bytes that were asked for */
      206: { headers: { [name: string]: unknown }; content: { 'application/octet-stream': Blob } };
      /** @description As before */
      304: { headers: { [name: string]: unknown }; content?: never };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      416: components['responses']['RangeNotSatisfiable'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  getGenre: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "top3": [
           *         {
           *           "genre": "Romance",
           *           "probability": 0.914
           *         },
           *         {
           *           "genre": "Comedy",
           *           "probability": 0.8953
           *         },
           *         {
           *           "genre": "Drama",
           *           "probability": 0.6954
           *         }
           *       ],
           *       "genres": {
           *         "Action": 0.0234,
           *         "Adventure": 0.0522,
           *         "Animation": 0.0009,
           *         "Biography": 0.0176,
           *         "Comedy": 0.8953,
           *         "Crime": 0.0183,
           *         "Documentary": 0.0017,
           *         "Drama": 0.6954,
           *         "Family": 0.0159,
           *         "Fantasy": 0.0652,
           *         "Film-Noir": 0.0029,
           *         "Game-Show": 0.0025,
           *         "History": 0.0108,
           *         "Horror": 0.0081,
           *         "Music": 0.0404,
           *         "Musical": 0.0242,
           *         "Mystery": 0.0365,
           *         "News": 0.0029,
           *         "Reality-TV": 0.0024,
           *         "Romance": 0.914,
           *         "Sci-Fi": 0.0323,
           *         "Short": 0.0027,
           *         "Sport": 0.0156,
           *         "Thriller": 0.0481,
           *         "War": 0.0047,
           *         "Western": 0.0079
           *       },
           *       "sure": false,
           *       "model": "inception-v3.int8@d0d5ffea340b resnet50-imagenet.int8@d8d2728905b0 genre-pictures@fad14a52911e",
           *       "frames": 16,
           *       "dropped": 14,
           *       "evidence": [
           *         {
           *           "genre": "Romance",
           *           "times": [
           *             10,
           *             7,
           *             27
           *           ]
           *         },
           *         {
           *           "genre": "Comedy",
           *           "times": [
           *             7,
           *             1,
           *             5
           *           ]
           *         }
           *       ],
           *       "witnesses": {
           *         "pictures": {
           *           "top3": [
           *             {
           *               "genre": "Romance",
           *               "probability": 0.914
           *             },
           *             {
           *               "genre": "Comedy",
           *               "probability": 0.8953
           *             },
           *             {
           *               "genre": "Drama",
           *               "probability": 0.6954
           *             }
           *           ],
           *           "genres": {
           *             "Action": 0.0234,
           *             "Adventure": 0.0522,
           *             "Animation": 0.0009,
           *             "Biography": 0.0176,
           *             "Comedy": 0.8953,
           *             "Crime": 0.0183,
           *             "Documentary": 0.0017,
           *             "Drama": 0.6954,
           *             "Family": 0.0159,
           *             "Fantasy": 0.0652,
           *             "Film-Noir": 0.0029,
           *             "Game-Show": 0.0025,
           *             "History": 0.0108,
           *             "Horror": 0.0081,
           *             "Music": 0.0404,
           *             "Musical": 0.0242,
           *             "Mystery": 0.0365,
           *             "News": 0.0029,
           *             "Reality-TV": 0.0024,
           *             "Romance": 0.914,
           *             "Sci-Fi": 0.0323,
           *             "Short": 0.0027,
           *             "Sport": 0.0156,
           *             "Thriller": 0.0481,
           *             "War": 0.0047,
           *             "Western": 0.0079
           *           },
           *           "sure": false
           *         },
           *         "words": null
           *       },
           *       "corrected": false,
           *       "detectorVersion": "genre@ac7908479ad2 resample@d54dee6a474b pictures@8ce7b95969e7 inception-v3.int8@d0d5ffea340b resnet50-imagenet.int8@d8d2728905b0 genre-pictures@fad14a52911e",
           *       "truncated": false
           *     }
           */
          'application/json': components['schemas']['Genre'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  getTitleMedia: {
    parameters: { query?: never; header?: { Range?: string }; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: { headers: { [name: string]: unknown }; content: { 'video/*': Blob } };
      /** @description The bytes that were asked for */
      206: { headers: { [name: string]: unknown }; content: { 'video/*': Blob } };
      /** @description As before */
      304: { headers: { [name: string]: unknown }; content?: never };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      416: components['responses']['RangeNotSatisfiable'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  getPoster: {
    parameters: {
      query?: {
        /** @description Pixels; the picture is no wider than the film */
        width?: number;
      };
      header?: never;
      path: { id: string };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: { headers: { [name: string]: unknown }; content: { 'image/webp': Blob } };
      /** @description As before */
      304: { headers: { [name: string]: unknown }; content?: never };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      422: components['responses']['UnprocessableEntity'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  getProxy: {
    parameters: {
      query?: {
        /** @description Fragments before this one are known */
        from?: number;
      };
      header?: never;
      path: { id: string };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "playback": "direct",
           *       "foreign": [],
           *       "state": "ready",
           *       "version": "0mx3siu8e0000f46bfb133186-1",
           *       "header": 798,
           *       "fragments": [
           *         {
           *           "start": 0,
           *           "end": 4,
           *           "offset": 798,
           *           "size": 195858
           *         },
           *         {
           *           "start": 4,
           *           "end": 8,
           *           "offset": 196656,
           *           "size": 223291
           *         }
           *       ],
           *       "job": {
           *         "id": "0mx3siu8e0000f46bfb133186",
           *         "name": "proxy",
           *         "titleId": "6551c369d3e7a7073862a81f",
           *         "series": null,
           *         "season": null,
           *         "after": [],
           *         "priority": 9,
           *         "state": "done",
           *         "progress": 1,
           *         "stage": "done",
           *         "attempts": 1,
           *         "error": null,
           *         "createdAt": "2026-11-30T21:38:53.966Z",
           *         "startedAt": "2026-11-30T21:38:54.052Z",
           *         "finishedAt": "2026-11-30T21:38:58.092Z"
           *       }
           *     }
           */
          'application/json': components['schemas']['Proxy'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  startProxy: {
    parameters: {
      query?: never;
      header?: {
        /** @description A repeated request with this key gets its first answer, for a day */
        'Idempotency-Key'?: string;
      };
      path: { id: string };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description What is being done */
      202: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "playback": "direct",
           *       "foreign": [],
           *       "state": "making",
           *       "version": null,
           *       "header": 0,
           *       "fragments": [],
           *       "job": {
           *         "id": "0mx3siu8e0000f46bfb133186",
           *         "name": "proxy",
           *         "titleId": "6551c369d3e7a7073862a81f",
           *         "series": null,
           *         "season": null,
           *         "after": [],
           *         "priority": 9,
           *         "state": "queued",
           *         "progress": 0,
           *         "stage": "queued",
           *         "attempts": 0,
           *         "error": null,
           *         "createdAt": "2026-11-30T21:38:53.966Z",
           *         "startedAt": null,
           *         "finishedAt": null
           *       }
           *     }
           */
          'application/json': components['schemas']['Proxy'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      409: components['responses']['Conflict'];
      422: components['responses']['UnprocessableEntity'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  deleteProxy: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: { headers: { [name: string]: unknown }; content?: never };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  getProxyFilm: {
    parameters: { query: { version: string }; header?: { Range?: string }; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: { headers: { [name: string]: unknown }; content: { 'video/mp4': Blob } };
      /** @description The bytes that were asked for */
      206: { headers: { [name: string]: unknown }; content: { 'video/mp4': Blob } };
      /** @description As before */
      304: { headers: { [name: string]: unknown }; content?: never };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      416: components['responses']['RangeNotSatisfiable'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  getSegments: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "segments": [
           *         {
           *           "kind": "intro",
           *           "start": 0.5,
           *           "end": 4.5,
           *           "confidence": 1,
           *           "reason": "set by hand",
           *           "corrected": true,
           *           "sure": true,
           *           "skip": "offer"
           *         },
           *         {
           *           "kind": "credits",
           *           "start": 8.5,
           *           "end": 29,
           *           "confidence": 1,
           *           "reason": "credits start and no scene follows",
           *           "corrected": true,
           *           "sure": true,
           *           "skip": "offer"
           *         }
           *       ],
           *       "none": {
           *         "recap": "a person said so",
           *         "preview": "a person said so"
           *       },
           *       "skip": {
           *         "recap": "auto",
           *         "intro": "offer",
           *         "credits": "offer",
           *         "preview": "never"
           *       },
           *       "correction": {
           *         "by": "open",
           *         "createdAt": "2026-11-30T21:38:02.279Z",
           *         "updatedAt": "2026-11-30T21:38:02.279Z",
           *         "locked": false
           *       },
           *       "machine": {
           *         "segments": []
           *       },
           *       "season": {
           *         "series": "Demos",
           *         "season": 1,
           *         "episode": 2,
           *         "detectorVersion": "seasons@cd2fb678c158 chapter-names@23b499e5e99a prints@71203c774d19",
           *         "finishedAt": "2026-11-30T21:38:02.001Z"
           *       }
           *     }
           */
          'application/json': components['schemas']['Segments'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  getShots: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "fps": 24,
           *       "shots": [
           *         {
           *           "start": 0,
           *           "end": 2,
           *           "startFrame": 0,
           *           "transition": "cut"
           *         },
           *         {
           *           "start": 2,
           *           "end": 4,
           *           "startFrame": 48,
           *           "transition": "cut"
           *         }
           *       ],
           *       "detectorVersion": "shots@0b66e317774d pictures@8ce7b95969e7",
           *       "truncated": false
           *     }
           */
          'application/json': components['schemas']['Shots'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  getSound: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "track": null,
           *       "reason": "the film has no sound",
           *       "duration": 0,
           *       "loudness": null,
           *       "loudnessRange": null,
           *       "truePeak": null,
           *       "speech": null,
           *       "silence": null,
           *       "cutsPerMinute": 16.55,
           *       "detectorVersion": "sound@723063885754 sounds@e590c2441b9f speech-silero@c78731d8e688",
           *       "truncated": false
           *     }
           */
          'application/json': components['schemas']['Sound'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  getStill: {
    parameters: {
      query: {
        /** @description Seconds on a player's clock */
        t: number;
        /** @description Pixels; the picture is no wider than the film */
        width?: number;
      };
      header?: never;
      path: { id: string };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: { headers: { [name: string]: unknown }; content: { 'image/webp': Blob } };
      /** @description As before */
      304: { headers: { [name: string]: unknown }; content?: never };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      422: components['responses']['UnprocessableEntity'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  listTracks: {
    parameters: {
      query?: {
        /** @description Seconds; unset: to the end */
        end?: number;
        /** @description true: those whose face is not in view, too, by their body and clothes, with boxes of their heads */
        everybody?: 'true' | 'false';
        /** @description Only tracks that show this person */
        personId?: string;
        /** @description false: without the places, for a picture of who is where in the whole film */
        samples?: 'true' | 'false';
        /** @description Seconds; unset: from the start */
        start?: number;
      };
      header?: never;
      path: { id: string };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "items": [
           *         {
           *           "id": "t1",
           *           "start": 0,
           *           "end": 2,
           *           "personId": "p-cbecaffd1caa42a6",
           *           "name": null,
           *           "label": "person 1",
           *           "confidence": 0.5485091708350436,
           *           "track": "t1",
           *           "by": "face",
           *           "perhaps": null,
           *           "samples": [
           *             [
           *               0,
           *               0.7817,
           *               0.2779,
           *               0.0974,
           *               0.261
           *             ],
           *             [
           *               1,
           *               0.7975,
           *               0.2869,
           *               0.1093,
           *               0.2927
           *             ]
           *           ]
           *         },
           *         {
           *           "id": "t2",
           *           "start": 0,
           *           "end": 2,
           *           "personId": "p-d551f89cea9841a8",
           *           "name": "Ada Abel",
           *           "label": null,
           *           "confidence": 0.9999984921528925,
           *           "track": "t2",
           *           "by": "face",
           *           "perhaps": null,
           *           "samples": [
           *             [
           *               0,
           *               0.3071,
           *               0.3072,
           *               0.1004,
           *               0.2583
           *             ],
           *             [
           *               1,
           *               0.2417,
           *               0.3225,
           *               0.1207,
           *               0.2903
           *             ]
           *           ]
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['FaceTracks'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  listUploads: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "items": [
           *         {
           *           "id": "b2bb4873890a8f9fdd0c7f6872a8d599",
           *           "fileName": "demo-film.mkv",
           *           "size": 1000000,
           *           "offset": 0,
           *           "expiresAt": "2026-12-01T21:38:58.269Z"
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['UploadList'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  createUpload: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description What was made */
      201: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "id": "b2bb4873890a8f9fdd0c7f6872a8d599",
           *       "fileName": "demo-film.mkv",
           *       "size": 1000000,
           *       "offset": 0,
           *       "expiresAt": "2026-12-01T21:38:58.269Z"
           *     }
           */
          'application/json': components['schemas']['Upload'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      409: components['responses']['Conflict'];
      413: components['responses']['PayloadTooLarge'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  deleteUpload: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: { headers: { [name: string]: unknown }; content?: never };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  headUpload: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: { headers: { [name: string]: unknown }; content?: never };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  appendUpload: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody: { content: { 'application/offset+octet-stream': Blob } };
    responses: {
      /** @description Done */
      204: { headers: { [name: string]: unknown }; content?: never };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      408: components['responses']['RequestTimeout'];
      409: components['responses']['Conflict'];
      413: components['responses']['PayloadTooLarge'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  listWebhooks: {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description The answer */
      200: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "items": [
           *         {
           *           "id": "768eac97e5d121a8f9",
           *           "url": "https://example.org/hooks/kinoscope",
           *           "createdAt": "2026-11-30T21:39:09.927Z"
           *         }
           *       ]
           *     }
           */
          'application/json': components['schemas']['Webhooks'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  createWebhook: {
    parameters: {
      query?: never;
      header?: {
        /** @description A repeated request with this key gets its first answer, for a day */
        'Idempotency-Key'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "url": "https://example.org/hooks/kinoscope"
         *     }
         */
        'application/json': components['schemas']['WebhookInput'];
      };
    };
    responses: {
      /** @description What was made */
      201: {
        headers: { [name: string]: unknown };
        content: {
          /**
           * @example {
           *       "id": "768eac97e5d121a8f9",
           *       "url": "https://example.org/hooks/kinoscope",
           *       "createdAt": "2026-11-30T21:39:09.927Z",
           *       "secret": "whsec_..."
           *     }
           */
          'application/json': components['schemas']['NewWebhook'];
        };
      };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      408: components['responses']['RequestTimeout'];
      409: components['responses']['Conflict'];
      413: components['responses']['PayloadTooLarge'];
      422: components['responses']['UnprocessableEntity'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
  deleteWebhook: {
    parameters: { query?: never; header?: never; path: { id: string }; cookie?: never };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: { headers: { [name: string]: unknown }; content?: never };
      400: components['responses']['BadRequest'];
      401: components['responses']['Unauthorized'];
      403: components['responses']['Forbidden'];
      404: components['responses']['NotFound'];
      429: components['responses']['TooManyRequests'];
      500: components['responses']['InternalServerError'];
      503: components['responses']['ServiceUnavailable'];
    };
  };
}
