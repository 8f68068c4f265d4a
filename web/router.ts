// The routes of the app shell. People who are not signed in see the sign-in page at any address, and land there
// afterwards.
import { createRouter, createWebHistory } from 'vue-router'
import { openNewMessage, openWebLink } from './installed/opened.ts'
import RoomPage from './room/page/RoomPage.vue'
import HomePage from './rooms/HomePage.vue'

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', name: 'home', component: HomePage },
    {
      // With a number: a permalink, which leads to that message.
      path: '/rooms/:id([1-9]\\d{0,18})/:seq([1-9]\\d{0,14})?',
      name: 'room',
      component: RoomPage,
    },
    // The installed app is opened at these by the system (see the manifest).
    { path: '/new', redirect: openNewMessage },
    { path: '/open', redirect: openWebLink },
    {
      path: '/shared/:id([\\w-]{1,64})',
      name: 'shared',
      component: () => import('./shared-in/SharedPage.vue'),
    },
    { path: '/inbox', name: 'inbox', component: () => import('./inbox/InboxPage.vue') },
    { path: '/mentions', name: 'mentions', component: () => import('./mentions/MentionsPage.vue') },
    {
      // A thread beside its room; with a number of its own: a permalink to a reply.
      path: '/rooms/:id([1-9]\\d{0,18})/thread/:root([1-9]\\d{0,14})/:reply([1-9]\\d{0,14})?',
      name: 'thread',
      component: RoomPage,
    },
    { path: '/search', name: 'search', component: () => import('./search/SearchPage.vue') },
    {
      path: '/rooms/:id([1-9]\\d{0,18})/as-of/:seq([1-9]\\d{0,14})',
      name: 'past',
      component: () => import('./moment/PastPage.vue'),
    },
    {
      path: '/rooms/:id([1-9]\\d{0,18})/files',
      name: 'room-files',
      component: () => import('./files/pages/RoomFilesPage.vue'),
    },
    { path: '/files', name: 'files', component: () => import('./files/pages/OwnFilesPage.vue') },
    { path: '/threads', name: 'threads', component: () => import('./thread/followed/ThreadsPage.vue') },
    { path: '/later', name: 'later', component: () => import('./later/LaterPage.vue') },
    { path: '/saved', name: 'saved', component: () => import('./saved/SavedPage.vue') },
    { path: '/groups', name: 'groups', component: () => import('./groups/GroupsPage.vue') },
    { path: '/emoji', name: 'emoji', component: () => import('./custom-emoji/EmojiPage.vue') },
    { path: '/directory', name: 'directory', component: () => import('./directory/DirectoryPage.vue') },
    { path: '/people', name: 'people', component: () => import('./profiles/PeoplePage.vue') },
    {
      path: '/admin',
      component: () => import('./admin/AdminPage.vue'),
      children: [
        { path: '', name: 'admin', component: () => import('./access/AccessSection.vue') },
        { path: 'people', name: 'admin-people', component: () => import('./admin/people/PeoplePage.vue') },
        {
          path: 'reports',
          name: 'admin-reports',
          component: () => import('./admin/reports/ReportsPage.vue'),
        },
        {
          path: 'requests',
          name: 'admin-requests',
          component: () => import('./admin/requests/RequestsPage.vue'),
        },
        { path: 'rules', name: 'admin-rules', component: () => import('./admin/rules/RulesPage.vue') },
        { path: 'groups', name: 'admin-groups', component: () => import('./admin/groups/GroupsSection.vue') },
        { path: 'emoji', name: 'admin-emoji', component: () => import('./admin/emoji/EmojiSection.vue') },
        { path: 'bans', name: 'admin-bans', component: () => import('./admin/bans/BansPage.vue') },
        { path: 'rooms', name: 'admin-rooms', component: () => import('./admin/rooms/RoomsPage.vue') },
        {
          path: 'storage',
          name: 'admin-storage',
          component: () => import('./admin/storage/StoragePage.vue'),
        },
        {
          path: 'backups',
          name: 'admin-backups',
          component: () => import('./admin/backups/BackupsPage.vue'),
        },
        {
          path: 'pipeline',
          name: 'admin-pipeline',
          component: () => import('./admin/pipeline/PipelinePage.vue'),
          meta: { isWide: true },
        },
        { path: 'audit', name: 'admin-audit', component: () => import('./admin/audit/AuditPage.vue') },
        {
          path: 'archive',
          name: 'admin-archive',
          component: () => import('./admin/archive/ArchivePage.vue'),
        },
      ],
    },
    { path: '/join/:code([\\w-]{1,64})', name: 'join', component: () => import('./access/JoinPage.vue') },
    { path: '/account', name: 'account', component: () => import('./you/AccountPage.vue') },
    {
      path: '/notifications',
      name: 'notifications',
      component: () => import('./alerts/NotificationsPage.vue'),
    },
    { path: '/security', name: 'security', component: () => import('./identity/SecurityPage.vue') },
    { path: '/:rest(.*)*', redirect: { name: 'home' } },
  ],
})
